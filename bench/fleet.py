#!/usr/bin/env python3
"""A program of a million lines: a fleet of customers, told to Ferry and, line for line, to Lua.

    bench/fleet.py LINES FERRY_FILE LUA_FILE

Written in units of 840 lines: two dozen customers with their channels, four playbooks
of which one migration applies two to one of those customers, a value and a function. Names and
numbers differ from unit to unit, so that nothing is the same text twice. The mix is a guess at a
fleet kept as code: two thirds are data, a quarter are playbooks, a tenth are comments. More units
would not fit: an image holds 65,535 functions and as many sites.
"""
import sys

CUSTOMERS = 24

HEAD = ("""\
/// A fleet of partners, kept as code.
language 1
role lead "Cutover lead" { members ["mira", "tom"] }
role desk "Integration desk" { members ["dee", "eli"] }
connector routes: dir {
  base      "routes"
  rehearsal "routes-test"
}
""", """\
--- A fleet of partners, kept as code.
local LANGUAGE = 1
local lead = { title = "Cutover lead", members = { "mira", "tom" } }
local desk = { title = "Integration desk", members = { "dee", "eli" } }
local routes = {
  base = "routes",
  rehearsal = "routes-test",
}
""")

CUSTOMER = ("""
/// Partner %(i)d came with the takeover of region %(region)s.
customer p%(i)d "Partner %(i)d Logistics" {
  criticality %(level)s
  industry    "freight %(u)d"
  region      "%(region)s"
  revenue     %(revenue)d USD per year
  sla         99.%(k)d%%
  compliance  [soc2, sox]
  contact {
    name  "Desk of %(i)d"
    email "edi@p%(i)d.example"
  }
  // orders go first: the ledger is counted against them
  channel orders: edi "Orders of %(i)d" {
    standard  x12
    documents ["850", "855", "810"]
    partner   "GLOBEX%(i)d"
    volume    %(volume)d per day
    legacy    dir("answers/legacy/%(i)d")
    modern    dir("answers/modern/%(i)d")
  }
  channel ledger: sftp "Nightly ledger of %(i)d" {
    volume  %(k)d per day
    follows [orders]
    legacy  dir("ledger/legacy/%(i)d")
    modern  dir("ledger/modern/%(i)d")
  }
}
""", """
--- Partner %(i)d came with the takeover of region %(region)s.
p%(i)d = { title = "Partner %(i)d Logistics",
  criticality = "%(level)s",
  industry = "freight %(u)d",
  region = "%(region)s",
  revenue = { %(revenue)d, "USD", per = "year" },
  sla = 0.99%(k)d,
  compliance = { "soc2", "sox" },
  contact = {
    name = "Desk of %(i)d",
    email = "edi@p%(i)d.example",
  },
  -- orders go first: the ledger is counted against them
  orders = { kind = "edi", title = "Orders of %(i)d",
    standard = "x12",
    documents = { "850", "855", "810" },
    partner = "GLOBEX%(i)d",
    volume = %(volume)d,
    legacy = "answers/legacy/%(i)d",
    modern = "answers/modern/%(i)d",
  },
  ledger = { kind = "sftp", title = "Nightly ledger of %(i)d",
    volume = %(k)d,
    follows = { "orders" },
    legacy = "ledger/legacy/%(i)d",
    modern = "ledger/modern/%(i)d",
  },
}
""")

UNIT = ("""
let patience_%(u)d = %(k)dm
fn load_%(u)d(a: number, b: number) : number = if a > b then (a - b) * %(k)d else (b - a) * 2 + %(u)d
""", """
patience_%(u)d = %(k)d * 60
function load_%(u)d(a, b) if a > b then return (a - b) * %(k)d else return (b - a) * 2 + %(u)d end end
""")

PROVE = ("""
/// Compares what both sides answer, and asks.
playbook prove_%(n)d(c: channel edi, agree: percent = 99.%(k)d%%) {
  phase prove {
    simulate trial of c {
      samples "samples/%(u)d/{c.name}/*.edi"
      key     ["BEG03", "BIG02"]
      ignore  ["ISA09", "ISA10", "GS04"]
    }
    // a share says little of the large ones: their number counts, too
    require trial.mismatches <= %(k)d else "{trial.mismatches} documents differ"
    require trial.match >= agree else "{trial.mismatches} documents of %(n)d differ"
    approve go "Switch {c.partner} of unit %(u)d?" by lead within 48h
  }
}
""", """
--- Compares what both sides answer, and asks.
function prove_%(n)d(c, agree)
  phase("prove", function()
    local trial = simulate(c, {
      samples = "samples/%(u)d/" .. c.name .. "/*.edi",
      key = { "BEG03", "BIG02" },
      ignore = { "ISA09", "ISA10", "GS04" },
    })
    -- a share says little of the large ones: their number counts, too
    if trial.mismatches > %(k)d then error(trial.mismatches .. " documents differ") end
    if trial.match < (agree or 0.99%(k)d) then error(trial.mismatches .. " documents of %(n)d differ") end
    approve("go", "Switch " .. c.partner .. " of unit %(u)d?", lead, 48 * 3600)
  end)
end
""")

MOVE = ("""
/// Points the channel at the other side, watches it, and goes back by the same entry.
playbook move_%(n)d(c: channel edi, gw: dir, tick: duration, floor: number = %(k)d) {
  let quiet = c.volume < %(volume)d per day or c.standard == x12
  phase hold {
    step hold "Hold what goes out to {c.partner}" {
      do       gw.write("{c.name}/hold-%(n)d.json", json: {held: true, by: "ferry"})
      undo     gw.remove("{c.name}/hold-%(n)d.json")
      check    gw.read("{c.name}/hold-%(n)d.json").json.held == true
      estimate 1s to 1m
      timeout  2m
    }
    wait drained "Nothing of {c.partner} is in flight" {
      condition gw.read("{c.name}/state.json").json.outstanding == 0
      holding   tick
      interval  tick
      deadline  30m
    }
  }
  phase switch {
    step route "Point {c.partner} at modern" {
      let old = gw.read("{c.name}.json").json
      do      gw.write("{c.name}.json", json: {target: "modern", unit: %(u)d})
      undo    gw.write("{c.name}.json", json: old)
      check   gw.read("{c.name}.json").json.target == "modern"
      timeout 5m
      retry   3 times every 10s
    }
    // numbers above the last legacy one, with room for what is still on its way
    step numbers "Give {c.partner} numbers of its own" {
      let last = number(gw.read("{c.name}/numbers.json").json.isa13)
      do      gw.write("{c.name}/next.json", json: {isa13: last + floor * 100 + %(k)d})
      undo    gw.write("{c.name}/next.json", json: {isa13: last})
      check   gw.read("{c.name}/next.json").json.isa13 >= last + floor * 100
      timeout 1m
    }
    task tell "Tell the desk of {c.partner}" {
      assigned desk
      timeout  2h
      evidence "who was told"
      undo     "Tell them that nothing has changed."
    }
  }
  phase watch {
    observe errors: percent every tick for 2h = ratio(gw.read("{c.name}/metrics.json").json.error_rate)
    rollback when errors > %(k)d%% for 5m "too many errors of unit %(u)d"
  }
}
""", """
--- Points the channel at the other side, watches it, and goes back by the same entry.
function move_%(n)d(c, gw, tick, floor)
  local quiet = c.volume < %(volume)d or c.standard == "x12"
  phase("hold", function()
    step("hold", "Hold what goes out to " .. c.partner, {
      run = function() gw.write(c.name .. "/hold-%(n)d.json", { held = true, by = "ferry" }) end,
      undo = function() gw.remove(c.name .. "/hold-%(n)d.json") end,
      check = function() return gw.read(c.name .. "/hold-%(n)d.json").json.held == true end,
      estimate = { 1, 60 },
      timeout = 120,
    })
    wait("drained", "Nothing of " .. c.partner .. " is in flight", {
      condition = function() return gw.read(c.name .. "/state.json").json.outstanding == 0 end,
      holding = tick,
      interval = tick,
      deadline = 30 * 60,
    })
  end)
  phase("switch", function()
    local old = gw.read(c.name .. ".json").json
    step("route", "Point " .. c.partner .. " at modern", {
      run = function() gw.write(c.name .. ".json", { target = "modern", unit = %(u)d }) end,
      undo = function() gw.write(c.name .. ".json", old) end,
      check = function() return gw.read(c.name .. ".json").json.target == "modern" end,
      timeout = 5 * 60,
      retry = { 3, 10 },
    })
    -- numbers above the last legacy one, with room for what is still on its way
    local last = tonumber(gw.read(c.name .. "/numbers.json").json.isa13)
    step("numbers", "Give " .. c.partner .. " numbers of its own", {
      run = function() gw.write(c.name .. "/next.json", { isa13 = last + floor * 100 + %(k)d }) end,
      undo = function() gw.write(c.name .. "/next.json", { isa13 = last }) end,
      check = function() return gw.read(c.name .. "/next.json").json.isa13 >= last + floor * 100 end,
      timeout = 60,
    })
    task("tell", "Tell the desk of " .. c.partner, {
      assigned = desk,
      timeout = 2 * 3600,
      evidence = "who was told",
      undo = "Tell them that nothing has changed.",
    })
  end)
  phase("watch", function()
    local errors = observe(tick, 2 * 3600, function() return gw.read(c.name .. "/metrics.json").json.error_rate end)
    rollback(function() return errors.last > 0.0%(k)d end, 300, "too many errors of unit %(u)d")
  end)
end
""")

MIGRATION = ("""
/// Unit %(u)d, the first of its partners.
migration unit_%(u)d "Unit %(u)d to the modern gateway" for p%(first)d {
  window sat 22:00 to sun 06:00 in "America/Chicago"
  phase assess {
    require p%(first)d.risk.score < 60 else "risk {p%(first)d.risk.score} is too high"
  }
  phase prove {
    for each c in p%(first)d.channels where c.kind == edi { apply prove_%(n)d(c, agree: 99%%) }
  }
  phase move in window {
    for each c in p%(first)d.channels where c.kind == edi {
      apply move_%(n)d(c, gw: routes, tick: 1m)
    }
  }
}
""", """
--- Unit %(u)d, the first of its partners.
function unit_%(u)d()
  window("sat 22:00", "sun 06:00", "America/Chicago")
  phase("assess", function()
    if p%(first)d.risk.score >= 60 then error("risk " .. p%(first)d.risk.score .. " is too high") end
  end)
  phase("prove", function()
    for _, c in pairs(p%(first)d.channels) do if c.kind == "edi" then prove_%(n)d(c, 0.99) end end
  end)
  phase("move", function()
    for _, c in pairs(p%(first)d.channels) do
      if c.kind == "edi" then move_%(n)d(c, routes, 60) end
    end
  end)
end
""")


def unit(u, side):
    """One unit in the language `side`: 0 Ferry, 1 Lua."""
    word = {"u": u, "k": 10 + u % 80, "first": u * CUSTOMERS, "volume": 500 + u % 9000}
    out = [UNIT[side] % word]
    for i in range(u * CUSTOMERS, (u + 1) * CUSTOMERS):
        out.append(CUSTOMER[side] % (word | {
            "i": i, "level": ("low", "medium", "high")[i % 3], "region": ("us", "eu", "mx", "jp")[i % 4],
            "revenue": 100_000 + i * 37, "volume": 50 + i % 20_000}))
    for n in (2 * u, 2 * u + 1):
        out.append(PROVE[side] % (word | {"n": n}))
        out.append(MOVE[side] % (word | {"n": n}))
    out.append(MIGRATION[side] % (word | {"n": 2 * u}))
    return "".join(out)


def fleet(lines, side):
    """The whole text: units until there are at least so many lines."""
    parts, count, u = [HEAD[side]], HEAD[side].count("\n"), 0
    while count < lines:
        parts.append(unit(u, side))
        count += parts[-1].count("\n")
        u += 1
    return "".join(parts)


if __name__ == "__main__":
    for at, side in ((2, 0), (3, 1)):
        with open(sys.argv[at], "w") as out:
            out.write(fleet(int(sys.argv[1]), side))
