"""English, as far as the help centre knows it beyond its catalogue."""

from __future__ import annotations

from kb.languages.lists import topic_lists
from kb.languages.record import Language
from search.text.languages.en import TEXT_LANGUAGE

LANGUAGE = Language(
    text=TEXT_LANGUAGE,
    date_pattern="d MMMM y",
    question_words=(
        "how|what|when|where|why|which|who|whom|whose|can|could|do|does|did|is|are|will|should|may"
    ),
    greetings="""
    hello hi hey hiya heya hullo howdy yo greetings good morning afternoon evening day there team
    everyone all dear sir madam folks guys welcome sup helo hallo
""",
    fillers="""
    please pls kindly =help me i have a quick question questions need got ask tell say want to
    wanted would like wondering wonder if you can could may excuse sorry advise one little
    small just so well um hmm here is are =anyone know something some about
""",
    gratitude="""
    thanks thank thx thnx tnx thankyou ty tysm cheers kudos hooray yay bingo gracias merci danke
    appreciate appreciated grateful gratitude bless lifesaver legend thanku thnks thks tks thanx =ta
    spasibo spasiba arigato danke obrigado
""",
    thanks="""
    =helped|=helpful|=solved|=resolved|=sorted|=fixed|=works|=worked
    perfect|great|awesome|excellent|brilliant|wonderful|fantastic|amazing|lovely|cool|super|fab
    fabulous|superb|marvellous|marvelous|terrific|splendid|stellar|sweet|neat
    no more|further|other questions
    =all good|clear|done
    =that =is all|everything
    =that =is =it
    =that =is =what
    got it
    it is working
    =thanks|=thank & time|buddy|patience|service
    =tanks & works|worked|helped|solved|fixed|help|=for|much|=a|=you|ok|all
    =thank|=tank|=thanks
    answered|answers =my question|questions
    =nothing =else|=more
    =all i|we needed|wanted
    good|nice|great|well|excellent|fantastic job|bot|work|done|one|service|answer|help|stuff
    saved =me|us|=my
    =you =are|=were =the|=a|=an|very|so best|star|lifesaver|legend|angel|hero|gem|genius
    =you =are|=were great|awesome|helpful|kind|amazing|brilliant|wonderful
    =star|=stars
    =you rock
    =much obliged
    =did it|=trick|job
    =figured|=managed|=manage it
    =i happy
    have +nice|good|great|lovely day|evening|weekend|one|night
    like =a +charm
    useful|informative
    cleared =up|that
    =you +helped
    =that|=it =did
    helps
    makes sense
    understood
    exactly|just =what needed|wanted
    =found it
    never mind
    nevermind
""",
    turns="""
    but however except though until still how what when where why which who can could advance
    please need want wrong broken damaged missing another
""",
    solved="""
    helped solved resolved sorted fixed works worked working arrived received came delivered back
    online connected managed refunded received fine ok perfect perfectly great figured cleared done
    paid reset updated installed changed found got again running printed charged returned activated
    answered clear understood useful gone success clarifying obliged
""",
    thanks_beside="""
    you very much so lot lots bunch ton million many again all good now that it this is was did
    got have done really everything your help for the answer answers info information reply support
    response my problem issue question okay ok alright right nice fine well mate guys man dude sir
    team friend bye goodbye ciao later see day have a great i understand figured out clear makes
    sense kind quick fast in to we be one anyway then oh ah wow finally yeah just what needed wanted
    need more further other questions else nothing and too best bro are am job star sure =working
    no with mind never time buddy buddies figure will try later wait check been k heaps loads tons
    bunches anymore longer
""",
    yes="""
    yes yep yeah yup ya sure ok okay okey right alright correct exactly absolutely indeed fine
""",
    no="no nope nah nay",
    unneeded="needed necessary required relevant",
    unhelpful="""
    help helped helpful helping work works worked working answer answers answered answering solve
    solved still even yet fix fixed right correct useful relevant what this that it asked ask asking
    question mean meant need needed want wanted looking
""",
    useless="useless unhelpful wrong irrelevant nonsense rubbish garbage pointless same fail",
    follow_ups="""
    and
    what about
    how about
    what if
    same for
    but
    or
    also
""",
    slang="""
    don't: do not; dont: do not; doesn't: does not; doesnt: does not; didn't: did not;
    didnt: did not; isn't: is not; isnt: is not; wasn't: was not; wasnt: was not;
    aren't: are not; arent: are not; haven't: have not; havent: have not; hasn't: has not;
    hasnt: has not; won't: will not; wont: will not; wouldn't: would not; can't: cannot;
    cant: cannot; couldn't: could not; shouldn't: should not; i'm: i am; im: i am; i'll: i will;
    i'd: i would; i've: i have; ive: i have; it's: it is; that's: that is; thats: that is;
    there's: there is; theres: there is; who's: who is; what's: what is; you're: you are;
    youre: you are; they're: they are; let's: let us; u: you; ur: your; r: are; plz: please;
    pls: please; plss: please; gonna: going to; wanna: want to; gimme: give me; lemme: let me;
    smb: somebody; smn: someone; sth: something; ppl: people; hooman: human; mgr: manager;
    manger: manager; spek: speak; speek: speak; cust: customer; cs: customer service;
    tel: telephone; noone: nobody; nvm: nevermind; complane: complain; yuo: you; costumer:
    customer; custumer: customer;
    stollen: stolen; thru: through; sombody: somebody; compliant: complaint; thx: thanks;
    thnk: thank; thaks: thanks;
    tahnks: thanks; thnks: thanks; thankyou: thank you;
    polise: police; frode: fraud; asap: now; rn: now; humen: human;
    you've: you have; youve: you have; we've: we have; weve: we have; they've: they have;
    tlak: talk; takl: talk; persone: person; mgmt: management; acc: account; acct: account
""",
    negation="not",
    persons="""
    =operator anyone anybody =human =humans agent agents =person people representative rep =manager
    supervisor advisor consultant callback helpdesk support service hotline helpline
""",
    bare_requests="""
    =operator =human =humans agent agents =person people representative rep =manager supervisor
    advisor consultant callback helpdesk someone somebody anyone anybody live real need want get
    call give urgently please now asap hello hi support customer service talk speak chat connect
    help actual back another team line yes ok no care hotline helpline desk live phone
""",
    often_misspelt="""
    operator manager supervisor representative person someone somebody human agent complaint
    complaints complain support callback speak contact connect transfer customer service
    escalate employee director assistant real specialist consultant
    battery batteries swollen swelling bulging smoke smoking burning burned burnt smell smells spark
    sparks sparking leaking leaks melted melting exploded explode explosion fire flames shock
    shocked
    overheating overheated overheats dangerous swallowed injured injury charger socket something
    electric electrocuted choking bleeding hospital ambulance poisoned poisoning
    lawyer court police chargeback fraud fraudulent stolen stole hacked hacker scam scammed scammer
    scammers personal allergic allergy pregnant pacemaker account thief thieves phishing
    unauthorized
    unauthorised lawsuit illegal harassed harassment threatened deceased passed dispute privacy
    compensation
    thanks thank helped appreciate appreciated perfect awesome
""",
    callouts={"note": "Note", "careful": "Careful", "danger": "Danger"},
    draft=("One sentence that already answers the question", "The first paragraph answers."),
    lists=topic_lists("en"),
)
