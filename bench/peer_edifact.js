// edifact from npm (node-edifact) over one file: segments, elements and components as its README collects them, nothing judged.
const Parser = require("edifact/parser.js");
const Validator = require("edifact/validator.js");
const parser = new Parser(new Validator());
const result = [];
let elements, components;
parser.encoding("UNOC");
parser.on("opensegment", name => { elements = []; result.push({ name, elements }); });
parser.on("element", () => { components = []; elements.push(components); });
parser.on("component", data => components.push(data));
// It reads one interchange at a time.
for (const part of require("fs").readFileSync(process.argv[2], "latin1").split(/(?=UNA:)/)) {
  parser.write(part);
  parser.end();
}
console.log(result.length);
