"""Turkish."""

from __future__ import annotations

from leadbraid.conflicts.injection.concepts import Concept, Words

TURKISH: Words = {
    Concept.FORGET: (
        "yok say|yoksay|görmezden gel|unut|unutun|göz ardı et|dikkate alma|uyma|boş ver|geçersiz kıl|aldırma|atla"
        "|yok sayın|görmezden gelin"
    ),
    Concept.RULES: "talimat*|kural*|yönerge*|komut*|prompt*|istem*|ilke*|kısıtlama*|emir*|emr*",
    Concept.TOLD: "sana söylenen|her şeyi|yukarıdaki her",
    Concept.EARLIER: "önceki|daha önce*|yukarıdaki|eski|şimdiye kadar|ilk|evvelki",
    Concept.YOURS: "tüm|bütün|sana|size|verilen|sistem|kendi|olağan|her",
    Concept.VOID: "artık geçerli değil|geçersiz|iptal edildi|yürürlükten|geçerli değildir",
    Concept.OWN_MAIL: "e-postamı|mesajımı|mailimi|önceki e-posta*|önceki mesaj*|eki",
    Concept.OBEY: "uy|uygula|yerine getir|yap|izle|takip et",
    Concept.ONLY: "yalnızca|sadece|yalnız",
    Concept.THIS_TEXT: (
        "bu mesaja|bu mesajdaki|bu metne|bu metni|buradaki|bu e-postaya|bu talimat*|söylediklerim*|orada yazan*"
    ),
    Concept.ROLE: "artık|bundan sonra sen|sen artık|şimdi sen|sen|rol yap|gibi davran|rolünü üstlen|farz et",
    Concept.MACHINE: "yapay zeka*|asistan*|dil modeli*|sohbet robotu|chatbot*|model|robot*|bot|otomatik sistem",
    Concept.FREE: (
        "sınırsız|kısıtlamasız|kuralsız|bizim şirketimiz için|bizim için çalış*|sınır tanımayan|geliştirici modu*"
    ),
    Concept.AUTHORITY: "geliştiricin*|yöneticin|sistem yöneticisi*|seni yapan",
    Concept.DISABLE: "kapat|devre dışı|kaldır|yapabilirsin",
    Concept.CHECKS: "kontrol*|denetim*|filtre*|kısıtlama*|kural*|istisna*",
    Concept.RATE: "koy|ver|işaretle|puanla|değerlendir|ata|sınıflandır|yükselt|kabul et|say|belirle|yap",
    Concept.LEAD: "leadi|bizi|talep*|talebe|talebi|başvuru*|firma*|şirket*|bize|müşteri*|mesaj*|gönderen*|lead*",
    Concept.SCORE: "puan*|skor*|not|değerlendirme*|derece*|sonuç",
    Concept.TOP: "başına|en üste|en başa|en yüksek|maksimum|en iyi|tam|100|mükemmel",
    Concept.GOOD: "nitelikli|onaylı|onaylanmış|uygun|ideal|güvenilir|risksiz|kabul edilmiş",
    Concept.MUST: "gerekir|gerekiyor|zorunda|gerek|zorundadır",
    Concept.RECOMMEND: "öner|tavsiye et",
    Concept.APPROVE: "onayla|onaylayın|gönder|kabul et|yolla|yanıtla|geçir",
    Concept.SKIP: "atla|atlayın|olmadan|beklemeden|gerek yok|yapmadan|geç|almadan",
    Concept.JUMP: "atla|atlayın|geç",
    Concept.DONE: "tamamlandı",
    Concept.REVIEW: "insan onayı*|onay*|inceleme*|kontrol*|insan kontrolü*|denetim*|gözden geçirme*",
    Concept.HIDE: "bahsetme|belirtme|gizle|yazma|saklayın|sakla|çıkar|sil|bildirme|raporlama",
    Concept.TELL_NOT: "haber verme|söyleme|bildirme|sormadan",
    Concept.WATCHER: "kimseye|patrona|müdüre|insana|yöneticine",
    Concept.PRETEND: "gibi yap|varsay|farz et",
    Concept.RISK: "risk*|uyarı*|çatışma*|sakınca*|tehlike*|yaptırım*",
    Concept.CHANGE: "değiştir|ekle|yap|koy",
    Concept.RECIPIENT: "alıcı*|gizli kopya*|bcc|yanıt adresi*",
    Concept.SEND: "gönder|ilet|paylaş|ver|göster",
    Concept.INTERNAL: "diğer müşteri*|müşteri listesi*|tüm müşteri*|iç notlar*|diğer talep*",
    Concept.REVEAL: "yaz|göster|açıkla|yazdır|tekrarla|paylaş|ifşa et",
    Concept.SECRET: (
        "sistem istemi*|sistem prompt*|sistem komut*|sistem talimat*|gizli talimat*|kendi talimat*|şifre*|parola*"
        "|api anahtar*"
    ),
    Concept.INSERT: "ekle|yaz|koy|başla|bitir",
    Concept.REPLY: "yanıt*|cevap*|cevab*",
    Concept.VERBATIM: "kelimesi kelimesine|olduğu gibi|aynen|şu bağlantı*|bu bağlantı*|şu cümle*",
    Concept.PROMISE: "risk yok|sözleşme imzalandı",
    Concept.ANSWER: "yanıt ver|yanıtla|cevap ver|yaz|de",
    Concept.ONE_WORD: "kelimesiyle|kelimesi|json|tek kelime*|başka bir şey",
    Concept.TO_WHOM: "için not|notu|okuyan|sevgili|merhaba|eğer sen|dikkat|için mesaj|işleyen",
    Concept.DEAR: "sevgili|sayın|merhaba|selam|değerli",
    Concept.ROBOT: "robot|algoritma|bilgisayar|yapay zeka|asistan|dil modeli|bot",
    Concept.READS: "okuyan|işleyen|değerlendiren|özetleyen|inceleyen|analiz eden",
    Concept.ACT: "onaylamalı|onaylaması|işaretlemeli|puanlamalı|önermeli|onaylamak",
    Concept.SELF: "biz|ben|onlar|sürücüler|müşteriler|şoförler",
    Concept.HARMLESS: "asistanımız|trafik kuralları",
}
