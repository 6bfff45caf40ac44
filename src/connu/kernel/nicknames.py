"""Short and familiar forms of first names, French and English.

Written by hand from common usage; in the kernel because reading and linking, which never import
each other, both need it. Names are folded: lower case, ASCII, a hyphen is a space. A form may
stand for several names (`alex`: alexandre, alexandra …), so a shared canonical name is evidence
that two first names agree, never proof.
"""

from __future__ import annotations

#: canonical name: the forms that stand for it.
_FORMS = """
abigail: abby abbie gail
adelaide: addie
adele: addie dele
adrian: ade
adrien: adri
agathe: agi
agnes: aggie nessie
alan: al
albert: al bert bertie bebert
alexander: alex al sandy xander lex alec alick sacha
alexandra: alex sandra sandy lexi alexa sacha
alexandre: alex sandro sacha
alexis: alex lexi
alfred: alf alfie al fred freddie
alice: ali allie lili
alison: ali allie
allan: al
amanda: mandy mandi
amandine: mandy
amelia: millie mel
amelie: mel mely
anastasia: stacy stacey ana
andrea: andy andie drea
andrew: andy drew
angela: angie ange
angelina: angie lina
angelique: angie ange
ann: annie nan nancy
anna: annie nan
annabelle: anna belle
anne: annie nan nanette
anthony: tony ant
antoine: toine tonio tony titoine
antoinette: toinette nettie toni
arnaud: nono
arthur: art artie
aude: dodo
audrey: audie dree
aurelie: aure lili rely
aurelien: aure
barbara: barb babs barbie babette
bartholomew: bart
basile: baz
bastien: bast
beatrice: bea trixie beatrix trice
beatrix: bea trixie
benedict: ben
benedicte: bene
benjamin: ben benji benny benj
bernadette: bernie nadette
bernard: bernie nanard
bertrand: bert
beverly: bev
bradley: brad
brandon: bran
brigitte: bri bibi
bruce: brucie
caleb: cal
calvin: cal
camille: cam mimi
carole: caro
caroline: caro carrie line caz
cassandra: cass cassie sandra
catherine: cathy kate cat katie cath kathy kitty catie cate kat kathie
cecile: cec ceci
cecilia: celia cissy cece
celestine: celeste
charles: charlie chuck charly chas chaz carl charlot
charlotte: charlie lottie lotte chacha lola char
chloe: clo
christelle: chris
christian: chris cricri
christiane: chris
christina: chris tina chrissy christie kristy
christine: chris tina chrissy cricri titine
christopher: chris kit topher kris christy
christophe: chris tof
clarence: clary
claudine: dine
clement: clem
clementine: clem clemmie
clifford: cliff
clotilde: clo
colette: coco
constance: connie
constantin: costa
corinne: coco
cornelius: neil corny
curtis: curt
cynthia: cindy
cyril: cy
damien: dam
daniel: dan danny dany
danielle: dani danny dany
david: dave davey dav davy
deborah: deb debbie debby debra
delphine: del fifine
denis: den
dennis: den denny
denise: dee denny
desmond: des
diana: di
diane: di
didier: did
dominic: dom nic
dominique: dom domi
donald: don donnie
donna: don
dorothy: dot dottie dolly dora thea
douglas: doug dougie
edgar: ed eddie
edith: edie
edmond: ed eddie mondo
edmund: ed eddie ned ted
edouard: ed eddy doudou
edward: ed eddie ted teddy ned ward
edwin: ed eddie win
eleanor: ellie nell nora elle nellie lenny ella
eleonore: leo nora ele
elisabeth: elise babette lisa beth lisbeth babeth lise betty elsa liz
elise: lise lili
elizabeth: liz lizzie beth betty eliza lisa bess bessie libby betsy elsie lizzy ellie elisa
elodie: elo
emeline: emy line
emilie: emy mimi milie
emily: em emmy millie emmie
emma: em emmy
emmanuel: manu manny
emmanuelle: manu manue
ernest: ernie
estelle: stella
esther: essie hetty
etienne: tienne
eugene: gene
eugenie: genie nini
eustache: stache
evelyn: eve evie lyn
evelyne: eve lyne
fabien: fab
fabienne: fab fabi
fabrice: fab
felicity: flick fliss
ferdinand: ferdi nandou
fernand: nand
florence: flo florrie flossie
florent: flo
florian: flo
frances: fran fanny francie frankie sis
francesca: fran franny cesca
francine: fran cine
francis: frank fran frankie
franck: frank
francois: franz fanfan franc
francoise: fanfan soizic franca
franklin: frank
frederic: fred freddy fredo
frederick: fred freddie freddy fritz rick
frederique: fred
gabriel: gab gabe gaby
gabrielle: gab gaby gabby brielle elle
gaetan: gae
gaston: gas
genevieve: gen ginette viva jenny vieve
geoffrey: geoff jeff
geoffroy: geof
george: geordie georgie
georges: jojo
georgina: gina georgie
georgette: gigi
gerald: gerry jerry ged
geraldine: gerry gege
gerard: gege gerry
gertrude: gertie trudy
ghislaine: gigi
gilbert: gil bert
gilberte: gigi
gilles: gil
gregoire: greg
gregory: greg gregg
guillaume: guigui gui willy guillot
gwendolyn: gwen wendy
gwenaelle: gwen
hannah: anna nan
harold: harry hal
harriet: hattie harry
heather: hev
helen: nell ellie lena nelly
helene: lena nene
henri: riton riri
henrietta: etta hattie hetty
henriette: riette yette
henry: harry hank hal
herbert: herb bert
hermann: manni
hilary: hil
honorine: nono
howard: howie
hubert: hub bert
hugh: hughie huw
hugo: hug
humphrey: humph
ignace: nacio
irene: rene renie
isaac: ike zac
isabel: bel izzy bella isa
isabella: bella izzy isa ella
isabelle: isa belle zaza babelle
isidore: izzy
jacob: jake
jacqueline: jackie jacqui lynn
jacques: jacky jacquot jaco
james: jim jimmy jamie jem
jane: janie jenny janey
janet: jan
janice: jan
jason: jay jase
jean: jeannot
jean baptiste: jb baptiste
jean christophe: jc
jean claude: jc
jean daniel: jd
jean francois: jf jeff
jean jacques: jj
jean louis: jl
jean luc: jl
jean marc: jm
jean marie: jm
jean michel: jm
jean noel: jn
jean paul: jp
jean philippe: jp
jean pierre: jp
jean sebastien: js
jean yves: jy
jeanne: jeannette jeanine
jeffrey: jeff
jennifer: jen jenny jenn jennie
jeremiah: jerry
jeremie: jerem jeremy
jeremy: jez jem jerry jerem
jerome: jerry gege
jessica: jess jessie
joan: joanie
joanna: jo anna
joanne: jo annie
jocelyne: jo joss
joel: jo
john: jack johnny jon jonny johnnie jock
jonathan: jon john jonny jonathon nathan
joseph: joe joey jo jos zeph
josephine: jo josie josy fifi joe
joshua: josh
joyce: joy
judith: judy judie jude
julia: jule jules julie
julian: jules jule
julie: ju juju
julien: ju juju jules
juliette: juju jule
justine: juju tina
karine: kar
katherine: kate kathy katie kat kath kay kathie kitty kit kathryn katy kathleen
kathleen: kathy kath kate katie kay kat
kathryn: kathy kath kate katie kay kat
kenneth: ken kenny
kevin: kev
kimberly: kim kimmy
kristina: kris tina kristy
kristopher: kris
laetitia: leti titia
lambert: bert
laura: laurie lolly
laurence: laurie lolo larry
laurent: lolo
laurie: lo
lawrence: larry laurie lawrie
leonard: leo len lenny
leonardo: leo
leopold: leo poldi
leslie: les
lewis: lew
lillian: lil lily lilly
linda: lindy lin
lindsay: linds
loic: lolo
loretta: retta
lorraine: lori
louis: lou louie loulou
louisa: lou lulu
louise: lou lulu loulou
lucas: luc luke
lucie: lulu luce
lucien: lulu
lucienne: lulu
lucille: lucy lulu
lucinda: lucy cindy
ludivine: ludi
ludovic: ludo
lydia: lyd
mackenzie: mack kenzie
madeleine: mado maddy mad lena madelon
madeline: maddie maddy
magali: mag maga
malcolm: mal
manuel: manu manny manolo
marc: marco marcus
marcel: celo
marcus: marc mark
margaret: maggie meg peggy marge margie greta madge daisy peg maisie rita mags
margaux: margo
margot: margo
marguerite: margot guite margo maggie
maria: mia ria
marianne: mary anne marian
marie: mimi maria mary manon
marie anne: marianne
marie christine: mc
marie claire: mc
marie claude: mc
marie france: mf
marie helene: mh
marie jose: mj
marie laure: ml
marie louise: ml marilou
marie pierre: mp
marie therese: mt
marilyn: lyn mary
marine: mar
marion: mar
marjorie: marge margie marj
marshall: marsh
martha: marty mattie patty
martin: marty mart
martine: titine tine
mary: molly polly mamie may
mathew: matt mat matty
mathieu: mat matt
mathilde: mat tilde mathou
mathias: mat matt
matilda: tilly mattie tilda
matthew: matt matty mat
matthias: mat matt
matthieu: mat matt
maureen: mo reen
maurice: mo momo
maxence: max
maxime: max
maximilian: max maxi
maximilien: max
maxwell: max
melanie: mel mely
melissa: mel missy lissa
melvin: mel
mercedes: mercy
meredith: merry
michael: mike mick mickey mikey micky mitch
michaela: mickey
michel: mich michou miche
michele: mich mimi
micheline: mich line
michelle: shelly shell chelle mich
mickael: mick mika
mildred: millie
mirabelle: mira
miranda: mandy randy
mireille: mimi
mitchell: mitch
mohamed: momo moha med mo
mohammed: mo momo moha med
monica: nic mon
monique: momo nique
montgomery: monty
morgane: momo
muriel: mumu
myriam: mimi
nadege: nad
nadine: nad dine
nancy: nan
natacha: nat
natalie: nat talie
natasha: tash tasha nat
nathalie: nat nath lily nathy
nathan: nat nate
nathaniel: nat nate nathan
nicholas: nick nicky nico klaus
nicola: nicky nic
nicolas: nico nick colas nic
nicole: nicky nic nikki coco
noel: nono
noelle: nono
norman: norm
octave: tave
odile: odi
oliver: ollie oli noll
olivia: liv livvy olive
olivier: oliv oli olive
oscar: ozzy
pamela: pam pammy
pascal: pasc cal
pascale: pasc
patrice: pat
patricia: pat patty trish tricia patsy trisha paddy
patrick: pat paddy pad patou
paul: paulo polo
paula: polly
paulette: paule
pauline: popo line polly
penelope: penny pen nell
percival: percy
perrine: pepe
peter: pete petey
philip: phil pip flip
philippa: pip pippa
philippe: phil philou
phillip: phil pip
phyllis: phyl
pierre: pierrot piotr
pierre yves: py
priscilla: prissy cilla
prudence: prue pru
quentin: quent
rachel: rach ray shelly
raphael: raph rafa raf
raphaelle: raph
raymond: ray
raymonde: ray
rebecca: becky becca beck
regina: gina reggie
reginald: reg reggie rex
regis: reg
remi: rem
renaud: nono
rene: nene
renee: nene
richard: rick dick rich richie ricky dicky ritchie
robert: bob rob bobby robbie bert robin bebert
roberta: bobbie robbie
roderick: rod rick roddy
rodney: rod
rodolphe: rod dolphe
roger: rodge
roland: rollo roly
romain: rom
romane: rom
ronald: ron ronnie
rosalie: rose rosie
rosalind: roz rose
rose: rosie
rosemary: rose rosie romy
roseline: rose
roxane: rox
roxanne: rox roxy
rudolph: rudy
russell: russ rusty
sabine: sab bine
sabrina: sab bri
salvador: sal
samantha: sam sammy mantha
samuel: sam sammy
sandra: sandy
sandrine: sandy sand drine
sarah: sally sadie
sebastian: seb bastian
sebastien: seb bastien
severine: sev sevy
shirley: shirl
sidonie: sid
sidney: sid
simon: si
simone: mone
solange: sol
solene: so sol
sophia: sophie so
sophie: so sof
stanislas: stan
stanley: stan
stephane: steph stef fanou
stephanie: steph stef fanny stephie
stephen: steve steph stevie
steven: steve stevie
susan: sue susie suzy suzie
susanna: sue susie suzy
suzanne: suzy suzie zaza sue suze
sylvain: syl sylvio
sylvester: sly
sylvie: syl vivi
terence: terry tel
teresa: terry tess tessa terri tracy
theodore: ted teddy theo
therese: tess tete resy
theresa: terry tess tessa terri tracy
thibault: thibaut titi thib tibo
thibaut: titi thib tibo
thierry: titi
thomas: tom tommy thom toto
timothee: tim timo
timothy: tim timmy
tobias: toby
ulysse: ulys
ursula: ursie
valentin: val
valentine: val
valentina: val tina
valerie: val
vanessa: nessa van nessie
veronica: ronnie vero roni
veronique: vero nique
victor: vic toto
victoire: vic
victoria: vicky vic tori vickie
vincent: vince vinny vinc
violette: vivi
virginia: ginny ginger
virginie: gigi vivi ninie
vivian: viv
viviane: viv vivi
walter: walt wally
wendy: wen
wilfred: wilf fred
wilfrid: wil fred
william: bill will billy willie liam willy wills
winifred: winnie freda
winston: win
xavier: xav
yannick: yann
yohann: yo
yolande: yoyo
yvette: vette
yvonne: vonnie evie
zachary: zach zack zac
zacharie: zach zac
"""


def _inverted(forms: str) -> dict[str, tuple[str, ...]]:
    canonical: dict[str, set[str]] = {}
    for line in forms.strip().splitlines():
        name, _, short = line.partition(": ")
        for form in short.split():
            canonical.setdefault(form, set()).add(name)
    return {form: tuple(sorted(names)) for form, names in sorted(canonical.items())}


#: form: the canonical names it may stand for, sorted.
NICKNAMES: dict[str, tuple[str, ...]] = _inverted(_FORMS)


def canonical_names(name: str) -> tuple[str, ...]:
    """The name itself, then the names it is a familiar form of.

    >>> canonical_names("liz")
    ('liz', 'elisabeth', 'elizabeth')
    >>> canonical_names("zoe")
    ('zoe',)
    """
    return (name, *NICKNAMES.get(name, ()))
