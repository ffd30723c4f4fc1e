function r(){return""}export{r as qrPath};
