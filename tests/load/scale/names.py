"""Invented people bear real names in their real proportions: some that thousands bear, a long tail that few bear."""


def _words(text: str) -> list[str]:
    return text.split()


LAST = _words(
    """
    Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefebvre
    Leroy Roux David Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent
    Muller Lefevre Faure Andre Mercier Blanc Guerin Boyer Garnier Chevalier Francois Legrand
    Gauthier Garcia Perrin Robin Clement Morin Nicolas Henry Roussel Mathieu Gautier Masson Marchand
    Duval Denis Dumont Marie Lemaire Noel Meyer Dufour Meunier Brun Blanchard Giraud Joly Riviere
    Lucas Brunet Gaillard Barbier Arnaud Martinez Gerard Roche Renard Schmitt Roy Leroux Colin Vidal
    Caron Picard Roger Fabre Aubert Lemoine Renaud Dumas Lacroix Olivier Philippe Bourgeois Pierre
    Benoit Rey Leclerc Payet Rolland Leclercq Guillaume Lecomte Lopez Jean Dupuy Guillot Hubert
    Berger Carpentier Sanchez Dupuis Moulin Louis Deschamps Huet Vasseur Perez Boucher Fleury Royer
    Klein Jacquet Adam Paris Poirier Marty Aubry Guyot Carre Charles Renault Charpentier Menard
    Maillard Baron Bertin Bailly Herve Schneider Fernandez Collet Leger Bouvier Julien Prevost
    Millet Perrot Daniel Cousin Germain Breton Besson Langlois Remy Pelletier Benali Diallo Traore
    Nguyen Haddad Amrani Bellil Mansouri Kone Coulibaly
    """
)
FIRST = _words(
    """
    Marie Jeanne Francoise Monique Catherine Nathalie Isabelle Jacqueline Anne Sylvie Martine
    Madeleine Nicole Suzanne Helene Christine Louise Valerie Sophie Sandrine Stephanie Celine Julie
    Aurelie Camille Lea Manon Emma Chloe Ines Sarah Fatima Nadia Samia Karima Yasmina Aicha Leila
    Aminata Fatoumata Jean Pierre Michel Andre Philippe Rene Louis Alain Jacques Bernard Marcel
    Daniel Roger Robert Paul Claude Christian Henri Georges Nicolas Francois Laurent Eric Stephane
    David Olivier Christophe Frederic Thomas Julien Kevin Hugo Lucas Enzo Nathan Karim Mohamed Ahmed
    Ali Youssef Mehdi Rachid Moussa Ibrahim Mamadou Ousmane Abdoulaye Zoe Jade Alix Dominique
    """
)
#: Three of these make a name of the long tail.
SYLLABLES = _words(
    """
    BA BEL CHAR COR DA DEL FAU GER GRI HAR JO KER LA LOU MAR MEN NO PLI QUE ROS SAR TAN TRE VAL VER
    ZAN
    """
)
