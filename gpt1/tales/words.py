"""The words of the tales: names, and lists that plots share.

Names come in lists of 20 or 40 (the splits rely on it, see tell.py). No name is in
two lists, so a name tells whether its bearer is a she or a he.
"""

GIRLS = """
    Ada Alma Amina Bea Carla Clara Daisy Dora Edith Ella Emma Esther Freya Greta
    Hana Ida Ines Ivy Josie Kitty Layla Leila Lena Lucy Mabel Maya Mia Mina Nadia
    Nell Nora Olga Orla Polly Priya Rita Rosa Sana Tess Zoe
"""
BOYS = """
    Adam Ahmed Alfie Arlo Ben Bruno Caleb Daniel Dev Emil Ezra Felix Finn George
    Hamid Harry Hugo Ibrahim Ivan Jack Joel Jonah Karim Kofi Leo Luca Milo Ned Noah
    Omar Oscar Otto Pablo Ravi Rory Sam Simon Theo Toby Yusuf
"""
ANIMAL_GIRLS = """
    Bramble Clover Dimple Fern Freckle Hazel Juniper Maple Mossy Nettie Olive Peony
    Pepper Petal Pippa Primrose Saffron Tansy Twinkle Willow
"""
ANIMAL_BOYS = """
    Acorn Barley Basil Biscuit Burdock Button Conker Crumb Dandy Figgy Humphrey
    Monty Nutkin Parsley Pip Rowan Rufus Tumble Twig Wilf
"""
CHILDREN = tuple(GIRLS.split()), tuple(BOYS.split())
ANIMALS = tuple(ANIMAL_GIRLS.split()), tuple(ANIMAL_BOYS.split())

# A pronoun in brackets says how to refer back.
LISTS = {
    "friends": """
        Agnes (she) | Alice (she) | Anton (he) | Asha (she) | Cora (she) | Dani (she) |
        David (he) | Eli (he) | Farah (she) | Flora (she) | Hector (he) | Jamal (he) |
        Jasper (he) | Kenji (he) | Lottie (she) | Matilda (she) | Matteo (he) | Molly
        (she) | Nina (she) | Oliver (he) | Peter (he) | Salma (she) | Stefan (he) |
        Tilda (she) | Tom (he) | Yara (she)""",
    "family": """
        Grandma (she) | Grandpa (he) | Aunt Vera (she) | Uncle Bill (he) | Mum (she) |
        Dad (he) | Great-aunt Flo (she) | Uncle Anwar (he) | Granny Pearl (she) | Aunt
        Sadie (she) | Uncle Marek (he) | Nana Ruth (she) | Aunt Zuleika (she) |
        Grandfather Lee (he) | Cousin Ralph (he) | Cousin Beth (she)""",
    "elders": """
        Grandma (she) | Grandpa (he) | Aunt Vera (she) | Uncle Bill (he) | Great-aunt
        Flo (she) | Uncle Anwar (he) | Granny Pearl (she) | Old Tom (he) | Aunt Zuleika
        (she) | Great-uncle Piet (he) | Nana Ruth (she) | Captain Brown (he) | Aunt
        Hyacinth (she) | Grandfather Lee (he) | Old Martha (she) | Uncle Marek (he)""",
    "neighbours": """
        Mrs Applegate (she) | Mr Okoro (he) | Miss Finch (she) | Mr Papadakis (he) |
        Mrs Lindqvist (she) | Mr Banerjee (he) | Mrs Thistle (she) | Mr Dunn (he) |
        Miss Marlow (she) | Mr Castle (he) | Mrs Abara (she) | Mr Novak (he) | Miss
        Quill (she) | Mr Singh (he) | Mrs Haddad (she) | Mr Greengrass (he) | Mrs Silva
        (she) | Mr Pickering (he) | Miss Yamada (she) | Mr Larsen (he)""",
    "towns": """
        Applewick | Barnaby Bay | Coldharbour | Dovecote | Elmsworth | Fennimore |
        Goosefield | Hollowell | Kettlebridge | Larkhill | Millbrook | Nettlecombe |
        Oatley | Pebblesea | Quillham | Saltmarsh""",
    "outdoors": """
        in the park | on the common | by the river | on the beach | on the hill | in
        the meadow | by the canal lock | behind the church | by the windmill | at the
        end of the lane | on the village green | near the old quarry""",
    "town places": """
        in the market square | at the harbour | by the fountain | at the station | on
        the town bridge | at the fair | in the arcade | outside the cinema | at the bus
        stop | in the botanical garden | by the clock tower | at the fish market""",
    "wise": """
        the old heron (she) | the barn owl (he) | the grey goose (she) | the tortoise
        (he) | the old toad (he) | the old hare (she) | the old raven (he) | the wise
        old carp (she) | the crane (she) | the stork (he) | the old newt (he) | the
        eldest swan (she)""",
}
LISTS = {name: " ".join(text.split()).split(" | ") for name, text in LISTS.items()}
