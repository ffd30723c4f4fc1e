var o={};export{o as words};
