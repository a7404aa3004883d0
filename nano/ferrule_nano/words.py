"""Our own lists of names and words, from which values are drawn."""

from __future__ import annotations


def by_bar(text: str) -> list[str]:
    """What stands between bars or line ends."""
    return [one.strip() for one in text.replace("\n", "|").split("|") if one.strip()]


def by_space(text: str) -> list[str]:
    return text.split()


# Names.
FIRST = by_space("""
Alice Bob Carol David Emma Frank Grace Henry Irene Jack Karen Liam Maria Nora Oscar Paula Quentin Rosa Samuel Tina
Ursula Victor Wendy Xavier Yusuf Zoe Aisha Bruno Chloe Dmitri Elena Farid Gita Hugo Ines Jonas Keiko Lars Mei Nadia
Omar Priya Ravi Sofia Tomas Uma Vera Walter Yara Zane Adam Beatrice Caleb Diana Ethan Fiona George Hannah Ivan Julia
Kevin Laura Marcus Nina Oliver Petra Ralf Stella Theo Viola Will Anya Boris Clara Dario Eva Felix Greta Hassan Ida
Jasper Kira Leo Mona Noah Olga Pavel Rita Simon Tara Ulrich Vince Wanda Yvonne Amir Bella Cyrus Dora Enzo Freya
Gavin Hilda Isaac Jana Kofi Lena Milan Niko Orla Pia Quinn Rosalind Sven Tessa Umar Vito Willa Xenia Yannis Zara
Abel Birgit Cosmo Delia Elias Flora
""")
LAST = by_space("""
Smith Jones Garcia Miller Novak Kim Chen Okafor Rossi Dubois Schmidt Larsen Petrov Tanaka Silva Khan Murphy Kowalski
Costa Berg Fischer Moreau Santos Singh Ivanova Weber Lopez Haddad Nguyen Brown Walker Young Hall Wright Hill Baker
Carter Cooper Reed Bell Ward Cox Gray Watson Brooks Wood Ross Powell Long Hughes Price Bennett Foster Barnes Fisher
Graham Hunt Stone Marsh Lane Burke Andersson Bauer Conti Demir Eriksen Ferrari Gruber Hoffman Ito Jansen Keller
Lindqvist Marino Nakamura Orlov Pereira Quist
""")
CITY = by_bar("""
Paris|London|Berlin|Madrid|Rome|Lisbon|Vienna|Prague|Oslo|Helsinki|Stockholm|Copenhagen|Dublin|Athens|Warsaw
Budapest|Zurich|Geneva|Brussels|Amsterdam|Tokyo|Osaka|Kyoto|Seoul|Beijing|Shanghai|Hong Kong|Singapore|Bangkok|Hanoi
Manila|Jakarta|Mumbai|Delhi|Chennai|Karachi|Dubai|Doha|Cairo|Nairobi|Lagos|Accra|Cape Town|Casablanca|Tunis|New York
Boston|Chicago|Seattle|Denver|Austin|Houston|Miami|Atlanta|San Francisco|Los Angeles|San Diego|Toronto|Montreal
Vancouver|Ottawa|Mexico City|Havana|Lima|Bogota|Quito|Santiago|Buenos Aires|Sao Paulo|Rio de Janeiro|Sydney
Melbourne|Perth|Auckland|Wellington|Istanbul|Ankara|Kyiv|Riga|Vilnius|Tallinn|Sofia|Bucharest|Belgrade|Zagreb
Ljubljana|Bratislava|Krakow|Gdansk|Hamburg|Munich|Cologne|Dresden|Leipzig|Lyon|Marseille|Nice|Bordeaux|Turin|Milan
Naples|Florence|Venice|Bologna|Porto|Seville|Valencia|Bilbao|Glasgow|Edinburgh|Cardiff|Belfast|Bristol|Leeds|York
Reykjavik|Bergen|Malmo|Aarhus|Tampere|Salzburg|Graz|Basel|Bern|Antwerp|Ghent|Utrecht|Rotterdam|Kathmandu|Colombo
Tbilisi|Yerevan|Baku|Tashkent|Almaty
""")
COUNTRY = by_bar("""
France|Germany|Spain|Italy|Portugal|Austria|Poland|Norway|Sweden|Finland|Denmark|Ireland|Greece|Hungary|Switzerland
Belgium|Japan|South Korea|China|India|Thailand|Vietnam|Indonesia|Egypt|Kenya|Nigeria|Ghana|South Africa|Morocco
Canada|Mexico|Cuba|Peru|Colombia|Chile|Argentina|Brazil|Australia|New Zealand|Turkey|Ukraine|Latvia|Estonia|Croatia
Iceland|Nepal|Sri Lanka|Georgia|Kazakhstan|United States|United Kingdom|Netherlands
""")
STREET = by_space("""
Oak Maple Cedar Mill Church High Park River Station School Garden Bridge King Queen Market Castle North South Harbor
Hill Lake Elm
""")
STREET_KIND = by_space("Street Road Avenue Lane Square Way Drive Close")
MONTH = by_space("January February March April May June July August September October November December")
WEEKDAY = by_space("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")

# Things that people like.
COLOR = by_bar("""
red|blue|green|yellow|orange|purple|pink|brown|black|white|gray|teal|navy|gold|silver|beige|maroon|olive|cyan
magenta|turquoise|lavender|crimson|dark green|light blue|ivory|coral|indigo
""")
LANG = by_bar("""
English|French|German|Spanish|Italian|Portuguese|Dutch|Polish|Russian|Japanese|Chinese|Korean|Arabic|Turkish|Greek
Swedish|Danish|Finnish|Norwegian|Czech|Hungarian|Hindi|Hebrew|Thai|Vietnamese|Latin|Welsh|Irish|Swahili|Ukrainian
Python|Rust|Go|Java
""")
CURRENCY = by_space("USD EUR GBP JPY CHF CAD AUD SEK NOK DKK PLN CZK INR CNY BRL MXN ZAR TRY KRW NZD SGD HKD")
FOOD = by_bar("""
pizza|lasagna|ramen|sushi|tacos|pancakes|chocolate|strawberries|mango ice cream|lentil soup|apple pie|dumplings
falafel|curry|fish and chips|pumpkin soup|olives|cheese|tomato salad|waffles|noodles|risotto|hummus|peanuts
shellfish|garlic bread
""")
ANIMAL = by_bar("""
cat|dog|horse|rabbit|parrot|hamster|goldfish|turtle|snake|lizard|ferret|guinea pig|owl|fox|wolf|elephant|dolphin
penguin|tiger|bee
""")
JOB = by_bar("""
teacher|nurse|carpenter|software developer|pilot|baker|lawyer|gardener|electrician|plumber|designer|journalist
architect|chef|taxi driver|dentist|data analyst|farmer|librarian|musician|photographer|translator|accountant
biologist|student
""")
SPORT = by_bar("""
football|tennis|swimming|rowing|chess|basketball|volleyball|climbing|cycling|running|skiing|judo|fencing|badminton
hockey|sailing|golf
""")

# What paths are made of.
DIRECTORY = by_space("""
docs src data notes logs config tests build dist assets images reports backup archive scripts public static
templates lib bin tmp home work projects downloads music photos invoices drafts examples exports inbox release
vendor cache models content pages posts
""")
STEM = by_space("""
readme index main notes report summary todo config settings data results budget plan draft letter invoice meeting
agenda minutes log backup schema users orders products sales metrics test utils helpers app server client model
train eval changelog license budget_2024 team roadmap ideas recipe journal contacts list table export import page
style script build deploy queries photo logo banner
""")
EXTENSION = by_space("""
txt md csv json py rs js ts html css xml yaml toml log pdf png jpg svg zip tar.gz docx xlsx sql sh ini db ipynb java
go c h mp3 mp4 wav
""")
TLD = by_space("com org net io dev de fr co.uk app eu info ai")

# What sentences and titles are made of.
SUBJECT = by_bar("""
the meeting|the parcel|the report|our train|the kitchen light|the new build|my laptop|the printer|the invoice
the team|the garden|the server|the client|everyone|the release|the old car|the water pump|the dentist|the contract
the budget|the plan|the first draft|the test run
""")
PREDICATE = by_bar("""
is ready|is late again|starts at noon|needs a second look|was moved to Friday|has to wait|is broken|looks good to me
will arrive tomorrow|must be paid soon|is too loud|was cancelled|runs out of paper|is on the table|needs more coffee
should be checked twice|is finished|failed last night|can be found in the drawer|is still missing
costs more than expected|went very well|is due on Monday|has changed
""")
ORDER = by_bar("""
buy milk|call the plumber|water the plants|pay the rent|pick up the kids|send the slides|fix the login page
clean the kitchen|renew the passport|book the tickets|check the tires|finish the draft|ask for a refund
update the docs|bring the umbrella|feed the cat|order new chairs|review the numbers|reply to the landlord
wash the car|back up the photos|write the tests|charge the batteries|prepare the workshop
""")
TAIL = by_bar("""
before lunch|by Friday|next week|this evening|as soon as possible|for the party|on the way home|after the call
at the latest on Monday|with the team|in the morning|today
""")
TITLE_HEAD = by_space("""
Weekly Monthly Annual Quick New Old Final First Second Big Small Blue Silent Golden Hidden Secret Open Winter Summer
Spring Autumn Urgent Internal Public Broken Simple Modern Digital Northern Lost Shared Daily Early Late Project Team
Customer Budget Marketing Garden Kitchen Product Design
""")
TITLE_TAIL = by_space("""
Report Review Meeting Plan Update Summary Notes Budget Roadmap Launch Workshop Party Checklist Dinner Lunch Story
River Garden Mountain Song Letter Forest Survey Proposal Agenda Invoice Draft Guide Handbook Trip Interview Call
Demo Retrospective Kickoff Sync Schedule Ideas Feedback Analysis Page
""")

# What a programmer types.
CODE = by_bar("""
print("hello")|print(2 + 2)|sum(range(10))|len("ferrule")|x = 3 * 7; print(x)|import math; print(math.pi)
[n * n for n in range(5)]|sorted([3, 1, 2])|max(4, 9, 2)|"abc".upper()|return a + b|for i in range(3): print(i)
const x = 1;|let y = 2 + 3;|console.log("hi")|round(3.14159, 2)|print(sum([1, 2, 3]))|2 ** 10
""")
COMMAND = by_bar("""
ls -la|git status|npm test|cargo build|make test|df -h|cat notes.txt|python main.py|docker ps|uname -a|npm run build
pip install numpy|git log --oneline|echo hello|whoami|ps aux|du -sh .|curl localhost|pytest -q|date|free -m
mkdir out|tail -n 20 app.log|systemctl restart nginx
""")
REGEX = by_bar(r"^a+$|\d{4}|[A-Z]\w+|^ERROR|TODO.*|\.py$|foo|bar\d+|(\w+)@example|\bname\b|^#|[0-9]+")
EMOJI = by_space(":thumbsup: :tada: :heart: :eyes: :rocket: +1 :smile: :fire: :wave: :check:")

# A number below thirteen may be said as a word.
PLACE_NUMBER = by_space("one two three four five six seven eight nine ten eleven twelve")
