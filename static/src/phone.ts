export {};

document.title = "Waymark";
