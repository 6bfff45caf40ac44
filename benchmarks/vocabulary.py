"""Names and places of made people: the common ones written out, the long tail composed.

Real vocabularies have a short head everyone shares and a long tail nobody does; linking lives off
the difference, so a generator with only the head would flatter nobody and one with only the tail
everybody. Nothing here is read from a data set.
"""

from __future__ import annotations

import itertools
import random

FRENCH_WOMEN = """Marie Nathalie Isabelle Sylvie Catherine Françoise Martine Christine Monique
Valérie Sandrine Véronique Nicole Stéphanie Sophie Céline Chantal Patricia Brigitte Julie Annie
Laurence Aurélie Anne Dominique Christiane Émilie Camille Sarah Laura Léa Manon Chloé Emma Inès
Jade Louise Alice Juliette Lucie Pauline Mathilde Clara Charlotte Élodie Audrey Mélanie Delphine
Karine Florence Caroline Hélène Agnès Élisabeth Virginie Claire Corinne Danielle Jacqueline
Jeannine Yvette Odile Geneviève Michèle Bernadette Colette Simone Denise Thérèse Suzanne
Marguerite Madeleine Élise Anaïs Margaux Noémie Justine Marion Océane Amandine Fanny Gaëlle
Maëlle Solène Clémence Capucine Ophélie Apolline Bérénice Yasmine Fatima Khadija Aïcha Samira
Nadia Leïla Aminata Fatou Mariam Anne-Marie Marie-Claude Marie-Christine Marie-Thérèse
Anne-Sophie Marie-Laure Rose Zoé Lina Éva Victoire Salomé Romane Héloïse""".split()
FRENCH_MEN = """Jean Pierre Michel Philippe Alain Nicolas Patrick Christophe Daniel Bernard
Stéphane Christian Laurent Éric Frédéric Julien Thierry David Sébastien Gérard Pascal Olivier
Thomas Alexandre François Bruno Marc Jacques Vincent Maxime Kévin Guillaume Romain Jérôme
Antoine Anthony Didier Serge Louis Claude André René Robert Roger Marcel Georges Maurice Henri
Paul Yves Gilles Hervé Franck Fabrice Cédric Ludovic Arnaud Benoît Mathieu Benjamin Clément
Florian Quentin Lucas Hugo Théo Nathan Enzo Léo Gabriel Raphaël Arthur Jules Adam Ethan Noah
Baptiste Valentin Corentin Dylan Jérémy Damien Fabien Grégory Loïc Gaël Yann Erwan Tristan Rémi
Adrien Simon Victor Étienne Émile Thibault Mohamed Ahmed Karim Mehdi Rachid Youssef Ibrahim
Mamadou Moussa Ousmane Jean-Pierre Jean-Claude Jean-Luc Jean-Michel Jean-Paul Jean-Marc
Jean-François Augustin Gaspard Maël Sacha Timothée Axel""".split()
ENGLISH_WOMEN = """Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Lisa
Nancy Betty Sandra Margaret Ashley Kimberly Emily Donna Michelle Carol Amanda Melissa Deborah
Stephanie Rebecca Laura Sharon Cynthia Kathleen Amy Angela Shirley Anna Brenda Pamela Emma
Nicole Helen Samantha Katherine Christine Debra Rachel Carolyn Janet Catherine Maria Heather
Diane Ruth Julie Olivia Joyce Virginia Victoria Kelly Lauren Christina Joan Evelyn Judith Megan
Andrea Cheryl Hannah Jacqueline Martha Gloria Teresa Ann Sara Madison Frances Kathryn Janice
Jean Abigail Alice Julia Judy Sophia Grace Denise Amber Doris Marilyn Danielle Beverly Isabella
Theresa Diana Natalie Brittany Charlotte Marie Kayla Alexis Lori Gemma Fiona Claire Jemma Hayley
Kirsty Leanne Joanne Lorraine Maureen Sheila Poppy Isla Freya Imogen Niamh Priya Aisha""".split()
ENGLISH_MEN = """James John Robert Michael William David Richard Joseph Thomas Charles
Christopher Daniel Matthew Anthony Mark Donald Steven Paul Andrew Joshua Kenneth Kevin Brian
George Edward Ronald Timothy Jason Jeffrey Ryan Jacob Gary Nicholas Eric Jonathan Stephen Larry
Justin Scott Brandon Benjamin Samuel Gregory Frank Alexander Raymond Patrick Jack Dennis Jerry
Tyler Aaron Jose Adam Henry Nathan Douglas Zachary Peter Kyle Walter Ethan Jeremy Harold Keith
Christian Roger Noah Gerald Carl Terry Sean Austin Arthur Lawrence Jesse Dylan Bryan Joe Jordan
Billy Bruce Albert Willie Gabriel Logan Alan Juan Wayne Roy Ralph Randy Eugene Vincent Russell
Elijah Louis Bobby Philip Johnny Graham Nigel Simon Stuart Ian Callum Liam Oliver Harry Alfie
Freddie Rhys Owen Mohammed Imran Rajesh""".split()
FRENCH_FAMILIES = """Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent
Simon Michel Lefebvre Leroy Roux David Bertrand Morel Fournier Girard Bonnet Dupont Lambert
Fontaine Rousseau Vincent Muller Lefèvre Faure Andre Mercier Blanc Guérin Boyer Garnier
Chevalier François Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry Roussel
Mathieu Gautier Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer Dufour Meunier Brun
Blanchard Giraud Joly Rivière Lucas Brunet Gaillard Barbier Arnaud Martinez Gérard Roche Renard
Schmitt Roy Leroux Colin Vidal Caron Picard Roger Fabre Aubert Lemoine Renaud Dumas Lacroix
Olivier Philippe Bourgeois Pierre Benoît Rey Leclerc Payet Rolland Leclercq Guillaume Lecomte
Lopez Jean Dupuy Guillot Hubert Berger Carpentier Sanchez Dupuis Moulin Louis Deschamps Huet
Vasseur Perez Boucher Fleury Royer Klein Jacquet Adam Paris Poirier Marty Aubry Guyot Carré
Charles Renault Charpentier Ménard Maillard Baron Bertin Bailly Hervé Schneider Fernandez Collet
Léger Bouvier Julien Prévost Millet Perrot Daniel Cousin Germain Breton Besson Langlois Rémy
Diallo Traoré Benali Nguyen Da-Silva Ferreira Haddad Le-Gall Le-Goff""".split()
ENGLISH_FAMILIES = """Smith Jones Williams Taylor Brown Davies Evans Wilson Thomas Johnson
Roberts Robinson Thompson Wright Walker White Edwards Hughes Green Hall Lewis Harris Clarke
Patel Jackson Wood Turner Martin Cooper Hill Ward Morris Moore Clark Lee King Baker Harrison
Morgan Allen James Scott Phillips Watson Davis Parker Price Bennett Young Griffiths Mitchell
Kelly Cook Carter Richardson Bailey Collins Bell Shaw Murphy Miller Cox Richards Khan Marshall
Anderson Simpson Ellis Adams Singh Begum Wilkinson Foster Chapman Powell Webb Rogers Gray Mason
Ali Hunt Hussain Campbell Matthews Owen Palmer Holmes Mills Barnes Knight Lloyd Butler Russell
Barker Fisher Stevens Jenkins Murray Dixon Harvey Graham Pearson Ahmed Fletcher Walsh Kaur
Gibson Howard Andrews Stewart Elliott Reynolds Saunders Payne Fox Ford Pearce Day Brooks West
Lawrence Cole Atkinson Bradley Spencer Gill Dawson Watts Rose Perry Burton Woods Hart Nguyen
Garcia Rodriguez Martinez Hernandez""".split()

NICKNAMES = {
    line.split()[0]: tuple(line.split()[1:])
    for line in """Elizabeth Liz Beth Lizzie Betty
William Will Bill Billy
Robert Bob Rob Bobby
Richard Rick Rich Dick
James Jim Jamie Jimmy
John Jack Johnny
Michael Mike Mick
Thomas Tom Tommy
Katherine Kate Kathy Katie
Margaret Maggie Peggy Meg
Patricia Pat Trish
Christopher Chris Kit
Jennifer Jen Jenny
Alexander Alex Sandy
Edward Ed Ted Eddie
Susan Sue Susie
Daniel Dan Danny
David Dave
Anthony Tony
Samantha Sam
Samuel Sam
Joseph Joe
Matthew Matt
Andrew Andy Drew
Charles Charlie Chuck
Rebecca Becky
Deborah Debbie
Victoria Vicky Tori
Timothy Tim
Nicholas Nick
Gregory Greg
Benjamin Ben
Alexandre Alex
Nicolas Nico
Frédéric Fred
Christophe Chris
Philippe Phil
Catherine Cathy Kate
Stéphanie Steph
Sébastien Seb
Dominique Dom
Guillaume Guigui
Maxime Max
Valérie Val
Élisabeth Babeth
Mathieu Matthieu Mat
Thibault Thibaut
Jean-Pierre JP
Jean-Claude JC
Mohamed Mohammed Momo""".splitlines()
}

FRENCH_DOMAINS = """gmail.com orange.fr free.fr hotmail.fr wanadoo.fr laposte.net yahoo.fr
sfr.fr outlook.fr""".split()
ENGLISH_DOMAINS = """gmail.com hotmail.com yahoo.co.uk outlook.com icloud.com btinternet.com
aol.com sky.com live.co.uk""".split()


def composed(size: int, seed: int, *parts: str) -> list[str]:
    """`size` distinct words, each joined from one piece of every part, in a seeded order."""
    words = sorted({"".join(pieces) for pieces in itertools.product(*(p.split() for p in parts))})
    random.Random(seed).shuffle(words)
    return words[:size]


def french_families() -> list[str]:
    """About 8,000 surnames, the commonest first."""
    tail = composed(
        7800,
        1,
        """Bar Bel Ber Bon Bou Bran Bri Cam Car Cha Chau Clé Cor Cou Dar Dau Del Du Fau Fer Fon Gar
        Gau Ger Gir Gou Gran Gui Hu Jau Jou La Lam Lau Lou Mal Mar Mau Mer Mon Mou Nor Pas Pel Per
        Pin Poi Por Ra Ray Ri Ro Rou Sa Sau Ser Sou Tar Tes Thé Tou Tri Va Ver Vil Vi""",
        "b ch d g gn l ll m n nn p r s ss t tt v vr",
        "ac ard aud ault eau el elle er et eur ier in on ot oux y",
    )
    return [*[name.replace("-", " ") for name in FRENCH_FAMILIES], *tail]


def english_families() -> list[str]:
    """About 4,000 surnames, the commonest first."""
    tail = composed(
        3900,
        2,
        """Al Ash Back Bar Beck Black Brad Bram Bran Bright Broad Bur Cald Car Chad Chat Clay Cliff
        Cop Crad Cran Cross Dal Den Dray Dun East El Fair Far Fen Fleet Gal Gar God Gold Gran Green
        Had Ham Har Hart Has Hather Haw Hazel Hen High Hol Hop Hor Hum Kel Ken Kirk Lang Lin Lock
        Long Mar Mel Mid Mor Nor Oak Old Pem Pres Quen Rad Red Ridge Rock Rush San Shel Sher Stan
        Sut Thorn Tin Wal War Wes Whit Win Wood""",
        """bourne bridge brook bury by combe cote cott dale den er field ford gate ham head hill
        hurst ing land ler leigh ley low man mer more ney ridge rick side son stead stock stone ter
        thorpe ton tree well wick win wood worth""",
    )
    return [*ENGLISH_FAMILIES, *tail]


def french_cities() -> list[str]:
    """3,000 town names."""
    plain = composed(
        1900,
        3,
        """Beau Bel Ber Bois Bous Cam Champ Char Château Clair Cour Dom Èbre Fon Gran Haute Lan Lon
        Mar Mont Mor Neu Noy Ouz Pierre Pont Ques Riche Roche Rou Sain Sar Ser Tour Val Vau Ver
        Vieil Ville Vil""",
        """ac ange ans ay beau bourg bourne celle court croix fort gny guerre heim ieux igny illy
        ières lac lan lieu loup maison mont nay neuve roy sart sel vault vel ves ville viller y
        zac""",
    )
    saints = [f"Saint-{name}" for name in FRENCH_MEN if "-" not in name]
    rivers = "Loire Seine Orne Somme Mer Lot Ain Isère Vienne Sarthe Marne Aube".split()
    sided = [f"{s}-sur-{r}" for s, r in itertools.product(saints, rivers)]
    random.Random(4).shuffle(sided)
    names = [*plain[:400], *saints, *sided, *plain[400:]]
    return names[:3000]


def english_cities() -> list[str]:
    """3,000 town names."""
    return composed(
        3000,
        5,
        """Ash Ax Bar Bed Bev Bick Black Bod Bran Brig Bux Cam Chel Ches Cir Col Crew Dar Der Don
        Dor East Ex Fal Far Glos Gran Guild Har Has Hex Hud Hun Kes Ket Kid Lan Led Lei Lin Lough
        Lud Maid Mal Man Mid Nant New North Not Ox Pad Pen Pet Pick Port Pres Read Rich Roch Rother
        Sal Scar Shef Shrew Skip South Staf Stam Stock Stroud Swin Taun Tet Tiver Tor Tru Wal War
        Wel West Whit Wick Win Wol Wor Yar""",
        """bourne bridge brough bury by castle chester cliffe combe don ford gate ham head hurst
        ington ley mere minster mouth ness pool port shaw shot stead stoke ter thorpe ton wick well
        wold worth""",
    )


def french_streets() -> list[str]:
    """8,000 street names without a number."""
    ways = """rue rue rue rue avenue boulevard place impasse chemin allée""".split()
    people = FRENCH_MEN + FRENCH_WOMEN
    maker = random.Random(6)
    places = """la République,la Gare,l'Église,la Paix,Verdun,la Mairie,la Liberté,Strasbourg"""
    fixed = [f"{way} de {place}" for way in dict.fromkeys(ways) for place in places.split(",")]
    families = french_families()
    while len(fixed) < 8000:
        who = f"{maker.choice(people)} {maker.choice(families)}"
        form = who if maker.random() < 0.6 else f"de {maker.choice(families)}"
        fixed.append(f"{maker.choice(ways)} {form}")
    return fixed


def english_streets() -> list[str]:
    """8,000 street names without a number."""
    ways = "Road Street Lane Avenue Close Drive Way Crescent Gardens Grove Place Court".split()
    maker = random.Random(7)
    names = (
        english_families() + ENGLISH_MEN + ["Church", "Station", "Mill", "Victoria", "Park"] * 20
    )
    return [f"{maker.choice(names)} {maker.choice(ways)}" for _ in range(8000)]
