/* storm_programs.h: the programs of the storm, and the world each of them begins in.
 *
 * Cells of connector `files` are called f/NAME and hold JSON, those of `ctl` x/NAME and hold a
 * text. What begins with "keep" is declared `undo none` or irreversible, so that going back leaves
 * it. `made` is what must stand when the run ends completed.
 */
#ifndef FERRY_TESTS_STORM_PROGRAMS_H
#define FERRY_TESTS_STORM_PROGRAMS_H

typedef struct {
    const char *name, *source;
    const char *cells[24]; /* name, value, … */
    const char *made[16];
    const char *upon[14]; /* cell, what it was built upon, … */
} storm_program;

#define HEAD_OF(customers)                                                                         \
    "language 1\n"                                                                                 \
    "role board { members [\"ana\", \"bo\", \"chi\", \"tom\"] }\n"                                 \
    "role lead { members [\"mira\"] }\n"                                                           \
    "role desk { members [\"dee\"] }\n"                                                            \
    "resource slot \"One at a time\" { capacity 1 }\n"                                             \
    "connector files: dir { base \"platform\" }\n"                                                 \
    "connector ctl: exec { base \"platform\" }\n" customers
#define HEAD                                                                                       \
    HEAD_OF("customer acme \"ACME\" {\n"                                                           \
            "  criticality high\n"                                                                 \
            "  channel a: sftp { volume 1 per day }\n"                                             \
            "  channel b: sftp { volume 1 per day }\n"                                             \
            "  channel c: sftp { volume 1 per day }\n"                                             \
            "}\n")

#define STEP_FILE(name, more)                                                                      \
    "step " name " {\n"                                                                            \
    "  let old = files.read(\"" name "\").json\n"                                                  \
    "  do    files.write(\"" name "\", json: {to: \"modern\"})\n"                                  \
    "  undo  files.write(\"" name "\", json: old)\n"                                               \
    "  check files.read(\"" name "\").json.to == \"modern\"\n" more "}\n"
#define STEP_SET(name, more)                                                                       \
    "step " name " {\n"                                                                            \
    "  do    ctl.run([\"set\", \"" name "\", \"new\"])\n"                                          \
    "  undo  ctl.run([\"set\", \"" name "\", \"old\"])\n"                                          \
    "  check ctl.ask([\"get\", \"" name "\"]).json.v == \"new\"\n" more "}\n"

#define OLD "{\"to\":\"legacy\"}"
#define NEW "{\"to\":\"modern\"}"

static const storm_program storm_programs[] = {
    {"steps",
     HEAD
     "migration m for acme {\n"
     "phase one {\n" STEP_FILE("p", "retry 2 times every 5s\n") STEP_SET(
         "q",
         "on failure ask lead within 20m else rollback\n") "}\n"
                                                           "phase two {\n" STEP_FILE(
                                                               "r", "on failure skip\n")
                                                               STEP_SET(
                                                                   "s",
                                                                   "retry 1 times every 1m\non "
                                                                   "failure pause\n") "}\n}\n",
     {"f/p", OLD, "x/q", "old", "f/r", OLD, "x/s", "old"},
     {"f/p", NEW, "x/q", "new", "f/r", NEW, "x/s", "new"},
     {"x/q", "f/p", "f/r", "x/q", "x/s", "f/r"}},
    {"doubt",
     HEAD
     "migration m for acme {\n"
     "phase one {\n"
     "step make { do files.write(\"made\", text: \"1\")\n"
     "  undo files.remove(\"made\")\n  check files.stat(\"made\").exists }\n"
     "step move { do files.move(\"from\", \"to\")\n  undo files.move(\"to\", \"from\")\n"
     "  check files.stat(\"to\").exists\n  retry 2 times every 10s }\n"
     "step blind { do ctl.run([\"set\", \"blind\", \"new\"])\n"
     "  undo ctl.run([\"set\", \"blind\", \"old\"]) }\n"
     "step found { do ctl.run([\"set\", \"found\", \"new\"])\n"
     "  undo ctl.run([\"set\", \"found\", \"old\"])\n"
     "  find ctl.ask([\"find\", key]) }\n"
     "step keep { do ctl.run([\"set\", \"keep\", \"new\"])\n  undo none \"it may stay\" }\n"
     "step many { do ctl.run([\"set\", \"many\", \"new\"])\n"
     "  undo {\n    do ctl.run([\"set\", \"half\", \"1\"])\n"
     "    do ctl.run([\"set\", \"half\", \"\"])\n"
     "    do ctl.run([\"set\", \"many\", \"old\"])\n  }\n"
     "  check ctl.ask([\"get\", \"many\"]).json.v == \"new\" }\n" STEP_SET("last", "") "}\n}\n",
     {"f/from", "1", "x/blind", "old", "x/found", "old", "x/many", "old", "x/last", "old", "x/half",
      ""},
     {"f/made", "\"1\"", "f/to", "1", "x/blind", "new", "x/found", "new", "x/last", "new"},
     {0}},
    {"people",
     HEAD
     "migration m for acme {\n"
     "on failure ask lead within 1h else rollback\n"
     "phase one {\n" STEP_SET(
         "q",
         "") "task call \"Call\" {\n assigned desk\n timeout 2h\n undo \"Call again\"\n"
             " on failure skip\n}\n"
             "approve go \"Go?\" by 2 of board within 4h\n"
             "let seen = ctl.ask([\"get\", \"q\"]).json.v\n"
             "require seen == \"new\" else \"it is not so\"\n"
             "on failure ask lead within 20m else rollback\n}\n"
             "phase two {\n"
             "task look \"Look\" {\n assigned desk\n timeout 1h\n undo none \"seen\"\n"
             " check ctl.ask([\"get\", \"q\"]).json.v == \"new\"\n}\n"
             "step seal { do ctl.run([\"set\", \"seal\", \"new\"])\n"
             "  irreversible \"it is out\"\n"
             "  check ctl.ask([\"get\", \"seal\"]).json.v == \"new\"\n  retry 1 times every 5s }\n"
             "}\n}\n",
     {"x/q", "old"},
     {"x/q", "new", "x/seal", "new"},
     {0}},
    {"fan",
     HEAD "playbook first(c: channel) {\n phase switch {\n  step route {\n"
          "   let old = files.read(c.name).json\n"
          "   do    files.write(c.name, json: {to: \"modern\"})\n"
          "   undo  files.write(c.name, json: old)\n"
          "   check files.read(c.name).json.to == \"modern\"\n"
          "   needs [slot]\n  }\n }\n}\n"
          "playbook inner(c: channel) {\n phase deep {\n  step route {\n"
          "   do    ctl.run([\"set\", c.name, \"new\"])\n"
          "   undo  ctl.run([\"set\", c.name, \"old\"])\n"
          "   check ctl.ask([\"get\", c.name]).json.v == \"new\"\n  }\n"
          "  on failure ask lead within 10m else rollback\n }\n}\n"
          "playbook second(c: channel) {\n phase switch {\n  apply inner(c)\n"
          "  step more { do ctl.run([\"set\", \"more_{c.name}\", \"new\"])\n"
          "   undo ctl.run([\"set\", \"more_{c.name}\", \"\"])\n"
          "   check ctl.ask([\"get\", \"more_{c.name}\"]).json.v == \"new\"\n"
          "   needs [slot] }\n }\n}\n"
          "migration m for acme {\nphase move {\n"
          "for each c in acme.channels parallel 2 { apply first(c) as one }\n"
          "on failure ask lead within 30m else rollback\n}\n"
          "phase beyond {\n"
          "for each c in acme.channels parallel 3 { apply second(c) }\n"
          "on failure ask lead within 30m else rollback\n}\n"
          "phase end {\n" STEP_SET("end", "") "}\n}\n",
     {"f/a", OLD, "f/b", OLD, "f/c", OLD, "x/a", "old", "x/b", "old", "x/c", "old", "x/end", "old"},
     {"f/a", NEW, "f/b", NEW, "f/c", NEW, "x/a", "new", "x/b", "new", "x/c", "new"},
     {"x/more_a", "x/a"}},
    {"beside",
     HEAD "playbook both(c: channel) {\n"
          " phase first {\n  step route {\n"
          "   let old = files.read(c.name).json\n"
          "   do    files.write(c.name, json: {to: \"modern\"})\n"
          "   undo  files.write(c.name, json: old)\n"
          "   check files.read(c.name).json.to == \"modern\"\n"
          "   needs [slot]\n  }\n"
          "  let seen = files.read(c.name).json.to\n }\n"
          " phase other after start {\n  step set {\n"
          "   do    ctl.run([\"set\", c.name, \"new\"])\n"
          "   undo  ctl.run([\"set\", c.name, \"old\"])\n"
          "   check ctl.ask([\"get\", c.name]).json.v == \"new\"\n"
          "   needs [slot]\n  }\n }\n"
          " phase last after first {\n  step more {\n"
          "   do    ctl.run([\"set\", \"more_{c.name}\", seen])\n"
          "   undo  ctl.run([\"set\", \"more_{c.name}\", \"\"])\n"
          "   check ctl.ask([\"get\", \"more_{c.name}\"]).json.v == seen\n  }\n }\n}\n"
          "migration m for acme {\n"
          "on failure ask lead within 30m else rollback\n"
          "phase one {\n" STEP_FILE(
              "p", "") "}\n"
                       "phase two after one {\n" STEP_SET(
                           "q", "") "let was = ctl.ask([\"get\", \"q\"]).json.v\n}\n"
                                    "phase move after one {\n"
                                    "for each c in acme.channels parallel 2 { apply both(c) }\n"
                                    "on failure ask lead within 10m else rollback\n}\n"
                                    "phase inner after two {\n"
                                    "step tell { do ctl.run([\"set\", \"tell\", was])\n  undo "
                                    "ctl.run([\"set\", \"tell\", \"\"])\n"
                                    "  check ctl.ask([\"get\", \"tell\"]).json.v == was }\n"
                                    "observe load: percent every 1m for 5m = "
                                    "ratio(ctl.ask([\"load\"]).json.rate)\n"
                                    "rollback when load > 70% for 2m\n}\n"
                                    "phase end {\n" STEP_SET("end", "") "}\n}\n",
     {"f/a", OLD, "f/b", OLD, "f/c", OLD, "x/a", "old", "x/b", "old", "x/c", "old", "x/end", "old",
      "f/p", OLD, "x/q", "old"},
     {"f/p", NEW, "x/q", "new", "x/end", "new"},
     {"x/tell", "x/q", "x/q", "f/p", "f/a", "f/p", "x/end", "x/tell", "x/more_a", "f/a", "x/end",
      "x/b"}},
    {"waves",
     HEAD_OF(
         "customer ann { channel a: sftp { } }\n"
         "customer bea { channel a: sftp { } }\n"
         "customer cid { channel a: sftp { } }\n"
         "customer dot { channel a: sftp { } }\n"
         "customer eve { channel a: sftp { } }\n") "migration m for each cu in customers parallel "
                                                   "2 {\n"
                                                   "waves {\n sizes [1, 2]\n hold 10m\n failed 3\n"
                                                   " approve next \"Wave {wave}?\" by 1 of board "
                                                   "within 4h\n}\n"
                                                   "on failure ask lead within 20m else rollback\n"
                                                   "phase one {\n step set {\n"
                                                   "  do    ctl.run([\"set\", cu.name, \"new\"])\n"
                                                   "  undo  ctl.run([\"set\", cu.name, \"old\"])\n"
                                                   "  check ctl.ask([\"get\", cu.name]).json.v == "
                                                   "\"new\"\n  needs [slot]\n }\n"
                                                   " let was = ctl.ask([\"get\", "
                                                   "cu.name]).json.v\n}\n"
                                                   "phase two after one {\n step tell {\n"
                                                   "  do    ctl.run([\"set\", \"tell_{cu.name}\", "
                                                   "was])\n"
                                                   "  undo  ctl.run([\"set\", \"tell_{cu.name}\", "
                                                   "\"\"])\n"
                                                   "  check ctl.ask([\"get\", "
                                                   "\"tell_{cu.name}\"]).json.v == was\n }\n}\n"
                                                   "phase side after one {\n step note {\n"
                                                   "  do    files.write(cu.name, text: was)\n"
                                                   "  undo  files.remove(cu.name)\n"
                                                   "  check files.stat(cu.name).exists\n }\n}\n}\n",
     {"x/ann", "old", "x/bea", "old", "x/cid", "old", "x/dot", "old", "x/eve", "old"},
     {"x/ann", "new", "x/bea", "new", "x/cid", "new", "x/dot", "new", "x/eve", "new"},
     {"x/tell_ann", "x/ann", "f/ann", "x/ann", "x/tell_cid", "x/cid", "f/dot", "x/dot"}},
    {"watch",
     HEAD
     "migration m for acme {\n"
     "phase switch {\n" STEP_SET(
         "q",
         "") "}\n"
             "phase watch {\n"
             "observe errors: percent every 1m for 20m = ratio(ctl.ask([\"load\"]).json.rate)\n"
             "rollback when errors > 50% for 3m\n"
             "pause when errors.mean > 40% for 1m\n"
             "alert when errors > 30%\n" STEP_FILE(
                 "p", "") "wait quiet {\n condition ctl.ask([\"get\", \"q\"]).json.v == \"new\"\n"
                          " holding 2m\n interval 1m\n deadline 30m\n on failure skip\n}\n"
                          "wait 5m\n"
                          "notify \"half way\" via desk\n" STEP_SET(
                              "s", "") "on failure ask lead within 30m else rollback\n}\n"
                                       "phase later {\n" STEP_SET("t", "") "}\n}\n",
     {"x/q", "old", "f/p", OLD, "x/s", "old", "x/t", "old"},
     {"x/q", "new", "f/p", NEW, "x/s", "new", "x/t", "new"},
     {0}},
    {"window",
     HEAD "playbook one(c: channel) {\n phase switch {\n  step set {\n"
          "   do    ctl.run([\"set\", c.name, \"new\"])\n"
          "   undo  ctl.run([\"set\", c.name, \"old\"])\n"
          "   check ctl.ask([\"get\", c.name]).json.v == \"new\"\n"
          "   timeout 10m\n   retry 1 times every 1m\n   needs [slot]\n  }\n }\n}\n"
          "migration m for acme {\n"
          "window sat 22:00 to sun 06:00 in \"Europe/Berlin\"\n"
          "on failure ask lead within 20m else rollback\n"
          "phase move in window {\n"
          "for each c in acme.channels parallel 3 { apply one(c) }\n"
          "}\n}\n",
     {"x/a", "old", "x/b", "old", "x/c", "old"},
     {"x/a", "new", "x/b", "new", "x/c", "new"},
     {0}},
};

enum { STORM_PROGRAMS = sizeof storm_programs / sizeof *storm_programs };

#endif
