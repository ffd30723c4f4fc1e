document.title="Waymark";
