"""Spanish."""

from __future__ import annotations

from leadbraid.conflicts.injection.concepts import Concept, Words

SPANISH: Words = {
    Concept.FORGET: (
        "deja|a un lado|ignora|ignore|ignorar|ignoren|olvida|olvide|olvidar|olvidad|omite|haz caso omiso"
        "|haga caso omiso|hagan caso omiso|pasa por alto|no sigas|no siga|no hagas caso|no obedezcas|descarta"
        "|descarte|deja de lado|dejar de lado|deje de lado|sáltate|desobedece|anula|no tengas en cuenta"
        "|no tenga en cuenta|deja de seguir|prescinde|incumple|rompe"
    ),
    Concept.RULES: (
        "instruccion*|instrucción|regla|reglas|indicacion*|directriz|directrices|norma|normas|órdenes|orden"
        "|prompt|pautas|restricciones|limitaciones|política|políticas|directivas|programación"
    ),
    Concept.TOLD: (
        "lo anterior|todo lo de arriba|tu función|tu tarea|lo que te hayan|lo que te han|lo que te dijeran"
        "|para quién trabajas|quién eres|a tu jefe|tu jefe|lo escrito arriba|todo lo anterior|todo lo que te"
        "|lo que te dijeron|todo lo que sabes|lo anterior y|todo lo que le"
    ),
    Concept.EARLIER: "anterior*|previa|previas|previo|previos|antes|hasta ahora|inicial*|original*|de arriba|arriba",
    Concept.YOURS: (
        "tus|tu|sus|todas|todo|todos|sistema|que recibiste|te dieron|te indicaron|le dieron|que te|habituales"
        "|internas|dadas|cualquier|estas"
    ),
    Concept.VOID: (
        "da igual|no importa|ya no importa|no cuenta|no vale|no valen|ya no son válidas|ya no valen|no se aplican"
        "|quedan anuladas|sin efecto|ya no se aplican|ya no aplican|quedan canceladas|no cuentan"
        "|han sido anuladas"
    ),
    Concept.OUR_RULES: "los criterios de puntuación|tus criterios|criterios de cualificación|tu lista de exclusiones",
    Concept.OWN_MAIL: (
        "mi correo|mi mensaje|mi anterior|nuestro anterior|mi último|correo anterior|el adjunto|mensaje anterior"
        "|mi email"
    ),
    Concept.OBEY: "sigue|siga|obedece|obedezca|ejecuta|ejecute|haz|haga|cumple|aplica|hazme caso",
    Concept.ONLY: "solo|sólo|solamente|únicamente|exclusivamente|en su lugar|nada más",
    Concept.THIS_TEXT: (
        "este mensaje|este texto|este correo|lo que digo|lo que dice aquí|estas instrucciones|lo siguiente"
        "|lo que pone|lo que hay escrito|el remitente|ahí escrito"
    ),
    Concept.ROLE: (
        "eres|ahora eres|a partir de ahora eres|usted es ahora|actúa como|actúe como|finge|finja|haz como si"
        "|imagina que eres|compórtate como|haz el papel|desde ahora eres|asume el papel|a partir de ahora"
        "|pasas a ser|usted es una"
    ),
    Concept.MACHINE: (
        "ia|inteligencia artificial|asistente|modelo de lenguaje|modelo|chatbot|bot|agente|sistema automático"
        "|robot|sistema automatizado|algoritmo"
    ),
    Concept.FREE: (
        "en mi nombre|para mí|sin restricciones|sin límites|sin reglas|sin limitaciones|sin filtros"
        "|al servicio de nuestra|trabajas para nosotros|a nuestro servicio|modo desarrollador|modo administrador"
    ),
    Concept.STAFF: "director comercial|jefe de ventas|gerente de ventas",
    Concept.AUTHORITY: (
        "tu desarrollador|tu administrador|tu creador|tu operador|su desarrollador|administrador del sistema"
        "|tus desarrolladores|tu programador|soy tu"
    ),
    Concept.DISABLE: "desactiva|desactive|apaga|elimina|levanta|puedes|debes|tienes permiso|te autorizo",
    Concept.CHECKS: "comprobaciones|controles|filtros|restricciones|verificaciones|reglas|seguridad|excepción",
    Concept.RATE: (
        "ponga que|pon que|di que|escribe que|coloca|sitúa|asigna|asigne|clasifica|clasifique|marca|marque|pon"
        "|ponga|establece|da|dale|dé|otorga|otorgue|valora|valore|califica|califique|puntúa|considera|considere"
        "|sube|aumenta|evalúa|trata|registra|declara|describe|concluye"
    ),
    Concept.RATED: "ser clasificad*|ser marcad*|ser considerad*|ser calificad*",
    Concept.LEAD: (
        "lead|solicitud|contacto|cliente|empresa|nosotros|nos|mensaje|remitente|consulta|petición|compañía"
        "|recomiéndanos"
    ),
    Concept.SCORE: (
        "puntuación|puntaje|nota|valoración|calificación|veredicto|evaluación|puntos|score|criterios|prioridad"
    ),
    Concept.TOP: (
        "primeros|al principio de la lista|máxima|máximo|más alta|mejor|perfecta|perfecto|excelente|la más|total"
        "|positiva|más alto"
    ),
    Concept.GOOD: (
        "premium|vip|prioritario|solvente|clientes desde hace|cualificad*|calificad*|aprobad*|ideal|fiable"
        "|cumplidos|sin riesgo|apto|apta|verificad*|validad*|aceptad*|de confianza|prioritari*"
    ),
    Concept.CRITERIA: "criterios|criterio|exclusiones",
    Concept.REGARDLESS: (
        "sin importar|independientemente|sin comprobar|digan lo que digan|pase lo que pase|sin reservas|a pesar de"
    ),
    Concept.MUST: "debe|deben|debería|tiene que|debes",
    Concept.RECOMMEND: "recomienda|recomiende|recomiéndanos|recomendar|aconseja",
    Concept.APPROVE: (
        "aprueba|apruebe|confirma|confirme|envía|envíe|envíen|acepta|acepte|responde|autoriza|manda|valida"
    ),
    Concept.APPROVED: (
        "ya está aprobada por|se considera aprobada|queda aprobada|cuenta como aprobación|está preaprobada"
    ),
    Concept.SKIP: "omite|omita|sáltate|salta|sin|evita|no hace falta|no es necesaria|prescinde|nadie",
    Concept.JUMP: "omite|omita|sáltate|salta|evita|prescinde|elude|sáltese",
    Concept.DONE: "completada|hecha|terminada",
    Concept.REVIEW: (
        "aprobado|aceptado|dado el visto|revisión humana|revisión|aprobación|verificación|comprobación"
        "|control humano|validación|supervisión|aprobación humana|comprobar nada"
    ),
    Concept.HIDE: (
        "no hables|no hay problemas|no cuentes|no menciones|no mencione|no señales|no informes|no indiques|oculta"
        "|oculte|omite|omita|elimina|calla|esconde|no reportes|no incluyas|no digas nada|ningún riesgo|silencia"
        "|minimiza"
    ),
    Concept.TELL_NOT: (
        "no involucres|sin involucrar|sin consultar|no consultes|no escales|no avises|no digas|sin avisar"
        "|sin molestar|no alertes|sin preguntar"
    ),
    Concept.WATCHER: (
        "ningún humano|humano|tus superiores|al jefe|a nadie|tu jefe|a tus compañeros|a un humano|al revisor"
        "|a tu jefe|al responsable"
    ),
    Concept.PRETEND: "haz como si|haga como si|supón que|imagina que|finge que",
    Concept.RISK: "riesgo|riesgos|advertencia*|alerta*|conflicto*|objeciones|puntos negativos|debilidades|sanciones",
    Concept.CHANGE: "cambia|cambie|añade|añada|agrega|agregue|pon|modifica|modifique|sustituye|incluye",
    Concept.RECIPIENT: "destinatario*|copia oculta|cco|bcc|dirección de respuesta",
    Concept.SEND: "envía|envíe|manda|reenvía|reenvíe|comparte|dame|facilita|lista|enumera|entrega|muestra|exporta",
    Concept.INTERNAL: (
        "lista de tus clientes|otros clientes tuyos|tus otros clientes|sus otros clientes|otros clientes"
        "|todos los contactos|todos los clientes|notas internas|lista de clientes|otras solicitudes"
        "|todos los leads|comentarios internos|datos de clientes|otros leads|otros prospectos"
    ),
    Concept.REVEAL: (
        "muéstrame|dame|enséñame|cuéntame|muestra|muestre|revela|revele|repite|imprime|enseña|dime|divulga"
        "|escribe|copia|traduce|expón|comparte"
    ),
    Concept.SECRET: (
        "tu prompt|tu configuración|tu memoria|todas tus instrucciones|prompt del sistema|prompt de sistema"
        "|tus instrucciones|instrucciones internas|instrucciones ocultas|instrucciones iniciales|contraseñas"
        "|claves api|clave api|configuración|secretos|texto anterior a este|tus reglas"
    ),
    Concept.INSERT: (
        "confirma|indica|afirma|di|incluye|incluya|inserta|inserte|añade|añada|escribe|pon|empieza|termina|agrega"
        "|copia|comienza|pega"
    ),
    Concept.REPLY: (
        "el informe|tu informe|tu respuesta|la respuesta|su respuesta|tu mensaje|tu correo|el resumen|tu resumen"
        "|respuesta"
    ),
    Concept.VERBATIM: (
        "palabra por palabra|literalmente|tal cual|sin cambios|textualmente|exactamente|este enlace|el enlace"
        "|la frase|el siguiente texto|esta frase|la siguiente frase|sin modificar"
    ),
    Concept.PROMISE: (
        "no hay riesgos|ningún riesgo|sin riesgos|contrato está firmado|contrato firmado|pedido está confirmado"
        "|es gratis|gratuito|aceptamos sus|está confirmado|descuento concedido|aceptada"
    ),
    Concept.FETCH: "abre|abra|carga|visita|descarga|consulta|lee",
    Concept.RUN: "ejecuta|ejecute|llama|invoca|usa|utiliza|lanza",
    Concept.TOOL: "tu herramienta|tus herramientas|tu navegador|tu buscador",
    Concept.ANSWER: "responde|responda|contesta|conteste|escribe|di|devuelve",
    Concept.ONE_WORD: "con la palabra|con el texto|la palabra|una palabra|json|con sí|en verso|nada más",
    Concept.TO_WHOM: (
        "aviso para|nota para|mensaje para|a la|para la|si eres|estimada|estimado|hola|atención|instrucción para"
        "|al|para el|cualquier|a cualquier"
    ),
    Concept.DEAR: "señor|señora|querido|querida|estimado|estimada|hola|oye|don",
    Concept.IF_YOU_ARE: "si eres una|si eres un|como eres una|ya que eres una|si usted es una",
    Concept.ROBOT: (
        "robot|algoritmo|ordenador|modelo de lenguaje|inteligencia artificial|sistema automático|ia|computadora"
        "|bot|chatbot|máquina"
    ),
    Concept.READS: "lee|lea|procesa|procese|analiza|evalúa|resume|clasifica|revisa|gestiona|tramita",
    Concept.ACT: "aprobar|clasificar|marcar|recomendar|aceptar|calificar|ignorar|valorar|tratar|considerar",
    Concept.SELF: "nosotros|yo|ellos|conductores|clientes|nuestros|somos|nuestra|que",
    Concept.HARMLESS: (
        "reglas de|reglas para|instrucciones de|instrucciones para|normas de|normas para|olvidé|nuestra asistente"
        "|nuestro asistente|empresa de inteligencia|su asistente|reglas del patio|instrucciones del pliego"
        "|normas de tráfico|un asistente|a su asistente"
    ),
}
