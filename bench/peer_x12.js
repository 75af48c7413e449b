// node-x12 over one file: parses it as a user of that package would, and says how many elements there are.
const { X12Parser } = require("node-x12");
const text = require("fs").readFileSync(process.argv[2], "utf8");
const parsed = [].concat(new X12Parser(true).parse(text));
console.log(parsed.length);
