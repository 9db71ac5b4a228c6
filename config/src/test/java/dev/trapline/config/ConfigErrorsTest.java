package dev.trapline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a user reads when a configuration is wrong.
class ConfigErrorsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void everyErrorOfAFileIsReportedAtOnceWithItsPathAndLine() {
        assertThat(new ConfigFixture(
                                directory,
                                "trapline {",
                                "  machine {",
                                "    cpus = 65",
                                "    memory = 100",
                                "    cpu-modell = cortex-a72",
                                "  }",
                                "  run.timeout = 10",
                                "  run.schedule = fair",
                                "}")
                        .problems())
                .as("one run must tell everything that has to be mended")
                .containsExactlyInAnyOrder(
                        "machine.conf:5: trapline.machine.cpu-modell is not a key; did you mean"
                                + " trapline.machine.cpu-model?",
                        "machine.conf:3: trapline.machine.cpus takes a whole number from 1 to 64, not 65",
                        "machine.conf:4: trapline.machine.memory takes a multiple of 4K from 1M to 64G, as in 128M, not"
                                + " 100",
                        "machine.conf:7: trapline.run.timeout takes a duration with its unit, as in 10s, or 0 for no"
                                + " limit, not 10",
                        "machine.conf:8: trapline.run.schedule takes round-robin or random, not fair");
    }

    @Test
    void aMachineThatItsBoardCannotHaveIsAnErrorWithItsPosition() {
        assertThat(new ConfigFixture(directory, "trapline.machine {", "  board = bare", "  gic = 3", "}").problems())
                .containsExactly("machine.conf:3: trapline.machine.gic takes auto on the board bare, which has no"
                        + " interrupt controller; use --board virt, not 3");
        assertThat(new ConfigFixture(directory, "trapline.machine {", "  board = virt", "  gic = 2", "  cpus = 9", "}")
                        .problems())
                .containsExactly("machine.conf:3: trapline.machine.gic takes auto or 3 for more than 8 vCPUs, not 2");
        assertThat(new ConfigFixture(
                                directory,
                                "trapline.machine {",
                                "  board = virt",
                                "  gic = 3",
                                "  cpus = 9",
                                "  width = aarch32",
                                "}")
                        .problems())
                .containsExactlyInAnyOrder(
                        "machine.conf:3: trapline.machine.gic takes auto or 2 for AArch32 CPUs on the board virt, not"
                                + " 3",
                        "machine.conf:4: trapline.machine.cpus takes a whole number from 1 to 8, not 9");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        machine.cpus=0             | trapline.machine.cpus takes a whole number from 1 to 64, not 0
        machine.cpus=65            | trapline.machine.cpus takes a whole number from 1 to 64, not 65
        machine.cpus=many          | trapline.machine.cpus takes a whole number from 1 to 64, not many
        machine.cpus=1.5           | trapline.machine.cpus takes a whole number from 1 to 64, not 1.5
        machine.cpus=[1]           | trapline.machine.cpus takes a whole number from 1 to 64, not a list
        machine.cpus=null          | trapline.machine.cpus takes a whole number from 1 to 64, not null
        machine.cpus=              | trapline.machine.cpus takes a whole number from 1 to 64, not an empty text
        machine.memory=128T        | trapline.machine.memory takes a multiple of 4K from 1M to 64G, as in 128M, not 128T
        machine.memory=2097153     | trapline.machine.memory takes a multiple of 4K from 1M to 64G, as in 128M, not 2097153
        machine.cpu-model=max      | trapline.machine.cpu-model takes cortex-a53, cortex-a57 or cortex-a72, not max
        machine.board=raspi        | trapline.machine.board takes bare or virt, not raspi
        machine.date=2026-01-01    | trapline.machine.date takes a date and time in UTC from 1970-01-01T00:00:00Z to 2106-02-07T06:28:15Z, in whole seconds, not 2026-01-01
        machine.date="2106-02-07T06:28:16Z" | trapline.machine.date takes a date and time in UTC from 1970-01-01T00:00:00Z to 2106-02-07T06:28:15Z, in whole seconds, not 2106-02-07T06:28:16Z
        machine.date="1969-12-31T23:59:59Z" | trapline.machine.date takes a date and time in UTC from 1970-01-01T00:00:00Z to 2106-02-07T06:28:15Z, in whole seconds, not 1969-12-31T23:59:59Z
        machine.date="2026-01-01T00:00:00.5Z" | trapline.machine.date takes a date and time in UTC from 1970-01-01T00:00:00Z to 2106-02-07T06:28:15Z, in whole seconds, not 2026-01-01T00:00:00.5Z
        machine.gic=4              | trapline.machine.gic takes auto, 2 or 3, not 4
        machine.preset=virt        | trapline.machine.preset is not a key; write trapline.machine.board in its place
        machine.boot-arguments="a\u00e4" | trapline.machine.boot-arguments takes at most 2047 printable ASCII characters, not aä
        machine.boot-arguments=quiet | trapline.machine.boot-arguments takes no text without a device tree, in which the guest finds it (machine.device-tree), not quiet
        run.initrd=disk            | trapline.run.initrd takes no file without a kernel (run.kernel), not disk
        machine.device-tree=maybe  | trapline.machine.device-tree takes auto, true or false, not maybe
        machine.cluster-size=17    | trapline.machine.cluster-size takes a whole number from 1 to 16, not 17
        record.store=oracle        | trapline.record.store takes mvstore or postgresql, not oracle
        record.postgresql.url=db   | trapline.record.postgresql.url takes a URL of JDBC without a password, as in jdbc:postgresql://db.example.org/recordings; the given value is not shown, because it may hold a password
        run.entropy=dice           | trapline.run.entropy takes seed or host, not dice
        run.interrupts=0@5ms       | trapline.run.interrupts takes a list, as in [a, b], not 0@5ms
        run.interrupts=["0@5ms"]   | trapline.run.interrupts takes CPU@WHEN or CPU:INTID@WHEN with WHEN time:DURATION or slice:ORDINAL, as in 0@time:5ms or 3:40@slice:1000, not 0@5ms
        run.interrupts=["64@slice:1"] | trapline.run.interrupts takes CPU@WHEN or CPU:INTID@WHEN with WHEN time:DURATION or slice:ORDINAL, as in 0@time:5ms or 3:40@slice:1000, not 64@slice:1
        run.interrupts=["0@time:5"] | trapline.run.interrupts takes CPU@WHEN or CPU:INTID@WHEN with WHEN time:DURATION or slice:ORDINAL, as in 0@time:5ms or 3:40@slice:1000, not 0@time:5
        run.interrupts=["0:1020@slice:1"] | trapline.run.interrupts takes CPU@WHEN or CPU:INTID@WHEN with WHEN time:DURATION or slice:ORDINAL, as in 0@time:5ms or 3:40@slice:1000, not 0:1020@slice:1
        run.serrors=["0:0x2000000@slice:1"] | trapline.run.serrors takes CPU@WHEN or CPU:SYNDROME@WHEN with WHEN time:DURATION or slice:ORDINAL, as in 0@time:5ms or 3:0x1000002@slice:1000; a syndrome has 25 bits, not 0:0x2000000@slice:1
        run.events=["-1@slice:1"]  | trapline.run.events takes NUMBER@WHEN or NUMBER:CPU@WHEN with WHEN time:DURATION or slice:ORDINAL, as in 804@slice:1000 or 805:3@time:5ms, not -1@slice:1
        run.reboot=perhaps         | trapline.run.reboot takes true or false, not perhaps
        run.slice=0                | trapline.run.slice takes a whole number from 1 to 10000000, not 0
        run.slice=10000001         | trapline.run.slice takes a whole number from 1 to 10000000, not 10000001
        run.max-instructions=-1    | trapline.run.max-instructions takes a whole number from 0 to 9223372036854775807, not -1
        run.seed=0x10000000000000000 | trapline.run.seed takes a whole number of at most 64 bits, not 0x10000000000000000
        run.plugins=a.jar          | trapline.run.plugins takes a list, as in [a, b], not a.jar
        run.load-address=here      | trapline.run.load-address takes a guest physical address, as in 0x40080000, or none, not here
        machine=virt               | trapline.machine is a section: write its keys in { }
        cpus=4                     | trapline.cpus is not a key; did you mean trapline.machine.cpus?
        machine.bogus=4            | trapline.machine.bogus is not a key
        run.cut-slice-cost=256     | trapline.run.cut-slice-cost is not a key; write trapline.run.exit-cost.hypercall in its place
        firmware.services.pcsi.version=1 | trapline.firmware.services.pcsi names a service that does not exist: pcsi; did you mean psci?
        firmware.services.psci.versoin=1 | trapline.firmware.services.psci.versoin is not a key; did you mean version?
        firmware.services.psci.version=[1] | trapline.firmware.services.psci.version takes a single value, not a list
        firmware.services.smccc.x=1 | trapline.firmware.services.smccc.x is not a key; service smccc takes none
        firmware.resident=[sdei]   | trapline.firmware.resident names a service that does not exist: sdei (there are: psci, smccc, trng)
        """)
    void eachKindOfWrongValueIsNamedWithWhatTheKeyTakes(String assignment, String expected) {
        assertThat(ConfigFixture.problemsOfAssignments(assignment))
                .as("the option, then the key, then what it takes and what it got")
                .containsExactly("--set " + shown(assignment) + ": " + expected);
    }

    /// The values of the database's keys are never shown: one may be a password in the wrong place.
    private static String shown(String assignment) {
        return assignment.startsWith("record.postgresql.") ? assignment.replaceFirst("=.*", "=...") : assignment;
    }

    @Test
    void anAssignmentWithoutAKeyIsRefused() {
        assertThat(ConfigFixture.problemsOfAssignments("=4"))
                .containsExactly("--set =4: takes KEY=VALUE, as in --set machine.cpus=4");
    }

    @Test
    void aFileThatIsNotHoconIsRefusedWithItsLine() {
        assertThat(new ConfigFixture(directory, "trapline {", "  machine { cpus = 1", "}").problems())
                .as("a syntax error ends the reading, so it is alone")
                .singleElement()
                .asString()
                .startsWith("machine.conf:");
    }

    @Test
    void aFileThatDoesNotExistIsNamed() {
        ConfigLoader loader = new ConfigLoader().file(directory.resolve("absent.conf"));
        assertThat(org.assertj.core.api.Assertions.catchThrowable(loader::load))
                .hasMessage("--config " + directory.resolve("absent.conf") + ": no such file");
    }

    @Test
    void aKeyOutsideTheRootIsRefused() {
        assertThat(new ConfigFixture(directory, "akka.loglevel = DEBUG").problems())
                .as("what nobody reads must not be accepted")
                .containsExactly("machine.conf:1: akka is not a key");
    }

    @Test
    void rulesNameWhatTheyLackAndWhereTheyStand() {
        assertThat(new ConfigFixture(
                                directory,
                                "trapline.firmware.rules = [",
                                "  { functions = 0xC4000003 }",
                                "  { functions = 5-4, action = deny }",
                                "  { functions = 1, action = refuse, why = because }",
                                "  7",
                                "]")
                        .problems())
                .containsExactly(
                        "machine.conf:2: trapline.firmware.rules.action is missing from this rule",
                        "machine.conf:3: trapline.firmware.rules.functions takes a function identifier, an ascending"
                                + " range, or a base and a count, as in 0xC4000003, 0xC4000020-0xC400003F or"
                                + " \"0xC4000020+32\", not 5-4",
                        "machine.conf:4: trapline.firmware.rules.why is not a key",
                        "machine.conf:4: trapline.firmware.rules.action takes resident, forward or deny, not refuse",
                        "machine.conf:5: trapline.firmware.rules takes rules, as in { functions = 0xC4000003, action ="
                                + " deny }, not 7");
    }

    @Test
    void rulesThatOverlapAreRefusedWithBothPlaces() {
        assertThat(new ConfigFixture(
                                directory,
                                "trapline.firmware.rules = [",
                                "  { functions = 1-9, action = deny }",
                                "  { functions = 5-12, action = deny }",
                                "]")
                        .problems())
                .singleElement()
                .asString()
                .contains("machine.conf:2", "machine.conf:3");
    }
}
