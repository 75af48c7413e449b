-- The same partner, told to Lua: as many lines, as tables and functions.
local LANGUAGE = 1

local lead = { title = "Cutover lead", members = { "mira", "tom" } }

local routes = {
  base = "routes",
  rehearsal = "routes-test",
}

local harlan = {
  criticality = "medium",
  revenue = { 2100000, "USD", per = "year" },
  sla = 0.995,
  compliance = { "soc2", "sox" },
  contact = { email = "edi@harlan.example" },
  orders = {
    partner = "GLOBEX",
    volume = 5000,
    legacy = "answers/legacy",
    modern = "answers/modern",
  },
}

local function move(c, gw, agree)
  local trial = simulate(c, {
    samples = "samples/" .. c.name .. "/*.edi",
    key = { "BEG03", "BIG02" },
  })
  if trial.match < (agree or 0.999) then
    error(trial.mismatches .. " documents differ")
  end
  approve("Switch " .. c.partner .. "?", lead, 48 * 3600)
  local old = gw.read(c.name .. ".json").json
  step("route", {
    run = function() gw.write(c.name .. ".json", { target = "modern" }) end,
    undo = function() gw.write(c.name .. ".json", old) end,
    check = function()
      return gw.read(c.name .. ".json").json.target == "modern"
    end,
    timeout = 5 * 60,
  })
end

return function()
  window("sat 22:00", "sun 06:00", "America/Chicago")
  for _, c in pairs(harlan.channels) do
    if c.kind == "edi" then move(c, routes) end
  end
end
