"""What `leadbraid playbook new` writes: the smallest playbook worth having, commented. The rest has defaults."""

NEW_PLAYBOOK = """\
# A playbook for Leadbraid. `leadbraid playbook check` tells what is wrong in it, with the line and what would be right.
# Every other key has a default: `leadbraid playbook show --effective` prints them all.
name: my-playbook
product:
  name: Your product
  summary: One sentence that says what it does, and for whom.
  facts:                      # what a reply may state as true
    - {id: languages, text: Your product is available in English.}
ideal_customer:
  qualify_at: 60              # of 100: from this score on a lead is qualified
  criteria:
    - id: headcount
      question: Do they have at least 20 people?
      weight: 2
      see: {headcount: {min: 20}}           # how it can be seen without a model
    - id: business_address
      question: Did they write from a company's address?
      see: {business_email: true}
exclusions:                   # what forbids selling
  - id: sanctions
    text: The country is under sanctions
    severity: blocking
    when: {countries: [KP, IR]}
topics:                       # what leads ask about, and what we answer
  - id: meeting
    phrases: [demo, meeting, call]
    answers: {en: A first call takes half an hour.}
reply_patterns:               # {answers} is filled from the topics; a pattern without `asks` is the fall-back
  - id: first_reply
    subject: Your enquiry about {product}
    body: |
      Thank you for your enquiry about {product}.
      {answers}
      Which questions should we prepare for {company}?
next_step_policy:             # read from the top; the first rule that applies decides
  - {when: {screen: [suppressed, do_not_contact, spam, not_sales, no_words]}, then: do_not_contact}
  - {when: {severity: blocking}, then: hand_to_specialist}
  - {when: {asks: meeting}, then: propose_meeting}
  - {then: reply_now}
stream_plan: parallel         # nothing waits; or partial, sequential, or a graph of your own
"""
