package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Width;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.GuestFault.Kind;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.RunOutcome.Exited;
import dev.trapline.abi.machine.RunOutcome.PoweredOff;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Toggle;
import dev.trapline.board.boot.Symbols;
import dev.trapline.testkit.Guests;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every guest behaves as guests/README.md describes.
@Tag("native")
class GuestsTest {

    private static final int SEEDS = Boolean.getBoolean("trapline.full") ? 20 : 4;

    private static final Policy RESIDENT_SMCCC = Policy.DEFAULT.withResident("smccc");

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    static Stream<Arguments> ends() {
        return Stream.of(
                Arguments.of("smp-hello.elf", "", new PoweredOff(), "4 greetings, and everybody else is off\n"),
                Arguments.of("smp-counter.elf", "", new Exited(0), "counted to 20000, expected 20000\n"),
                Arguments.of("smp-race.elf", "", new Exited(0), "counted to "),
                Arguments.of("smp-patch.elf", "", new Exited(0), "256 runs of patched code, 0 of them stale\n"),
                Arguments.of("sysregs.elf", "", new Exited(0), "152 registers, digest "),
                Arguments.of("fp.elf", "", new PoweredOff(), "digest 7a5b0d5a9d60effe\n"),
                Arguments.of("hypercall-loop-1k.elf", "", new PoweredOff(), "all calls made\n"),
                Arguments.of("compute-short.elf", "", new PoweredOff(), "digest c91f22ed74674e0b\n"),
                Arguments.of(
                        "kernels.elf",
                        "all off 3\rall on 3\rnone off 1\rq",
                        new PoweredOff(),
                        Stream.of("off", "on")
                                        .map(mmu -> KERNELS.replace("MMU", mmu))
                                        .collect(Collectors.joining())
                                + "no kernel is named so: NAME off|on ROUNDS\n"),
                Arguments.of("echo.elf", "hi there\rq", new PoweredOff(), "type; q ends\nhi there\n\nbye\n"),
                Arguments.of("reset.elf", "", new PoweredOff(), "start in millisecond 2\nthat is enough\n"),
                Arguments.of("reset-key.elf", "rq", new PoweredOff(), "reset\nstarted; r resets, q powers off\noff\n"),
                Arguments.of("exit-42.elf", "", new Exited(42), "exit 42\n"),
                Arguments.of("capabilities.elf", "", new Exited(0), "SMC #0x4a48: denied\nand so it was\n"),
                Arguments.of(
                        "capabilities-a32.elf", "", new Exited(0), "HVC #0x4a48: forwarded\nSMC #0x4a48: denied\n"),
                Arguments.of(
                        "capabilities-t32.elf", "", new Exited(0), "HVC #0x4a48: forwarded\nSMC #0x4a48: denied\n"),
                Arguments.of("exit-42-a32.elf", "", new Exited(42), "exit 42\n"),
                Arguments.of("exit-42-t32.elf", "", new Exited(42), "exit 42\n"),
                Arguments.of("smp-hello-a32.elf", "", new PoweredOff(), "4 greetings, and everybody else is off\n"),
                Arguments.of("smp-hello-t32.elf", "", new PoweredOff(), "4 greetings, and everybody else is off\n"),
                Arguments.of("smp-counter-a32.elf", "", new Exited(0), "counted to 20000, expected 20000\n"),
                Arguments.of("smp-counter-t32.elf", "", new Exited(0), "counted to 20000, expected 20000\n"),
                Arguments.of("times-a32.elf", "", new Exited(0), "62500000 ticks a second\n3000 reads, digest "),
                Arguments.of("times-t32.elf", "", new Exited(0), "62500000 ticks a second\n3000 reads, digest "),
                Arguments.of("byte-order.elf", "", new Exited(0), "43 checks, 0 failed\n"),
                Arguments.of("byte-order-a32.elf", "", new Exited(0), "97 checks, 0 failed\n"),
                Arguments.of("byte-order-t32.elf", "", new Exited(0), "97 checks, 0 failed\n"),
                Arguments.of("conditions-a32.elf", "", new PoweredOff(), CONDITIONS),
                Arguments.of("conditions-t32.elf", "", new PoweredOff(), CONDITIONS));
    }

    /// The output of each kernel for three rounds, from QEMU 7.2, with the MMU on or off.
    private static final String KERNELS = """
        branches MMU 3: 5e6c48668e51ab27
        calls MMU 3: 353e40256bbd0443
        checksum MMU 3: 000000000612cbee
        compute MMU 3: 0000000000000000
        crossing MMU 3: de03349a00002b85
        floating MMU 3: 78b45c532fd6bc55
        hypercalls MMU 3: 0000000000000000
        lists MMU 3: c7a74d494cf3e34c
        matrix MMU 3: 60bf6a184f56afb0
        patching MMU 3: 000000007ffffff8
        sieve MMU 3: 411db250be7553cf
        sorting MMU 3: c8e160ada362e1e9
        stores MMU 3: bf6f2927989ef725
        strings MMU 3: 7fbddf7d3c96987e
        """;

    /// Which of the conditions EQ to LE are true after a comparison of (1, 1), (1, 2), (2, 1), (0x80000000, 1), (1,
    /// 0x80000000) and (-1, 1), one bit each (DDI0406 A8.3).
    private static final String CONDITIONS = Stream.of("26a5", "2a9a", "15a6", "2966", "165a", "2996")
            .map(made -> "made 000000000000" + made + "\n")
            .collect(Collectors.joining());

    @ParameterizedTest
    @ValueSource(strings = {"conditions-a32.elf", "conditions-t32.elf"})
    void callsThatFailTheirConditionAreExitsOnlyIfThePolicyAsksForThem(String guest) throws IOException {
        Policy exporting = RESIDENT_SMCCC.with(Toggle.EXPORT_FAILED_CONDITION_CALLS, true);
        Finished skipped = RUNS.run(
                MachineRuns.spec(1, Schedule.ROUND_ROBIN, 0, Width.AARCH32, RESIDENT_SMCCC), Guests.image(guest), "");
        Finished exported = RUNS.run(
                MachineRuns.spec(1, Schedule.ROUND_ROBIN, 0, Width.AARCH32, exporting), Guests.image(guest), "");

        assertThat(exported.console())
                .as("a call that was not made has no result, exported or not")
                .isEqualTo(skipped.console());
        assertThat(exported.report().progress().hypercalls()
                        - skipped.report().progress().hypercalls())
                .as("the calls that failed, of 6 times 14")
                .isEqualTo(6 * 14 - 6 * 7);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ends")
    void endsAsItsDescriptionSays(String guest, String input, RunOutcome outcome, String printed) throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            Schedule schedule = seed == 0 ? Schedule.ROUND_ROBIN : Schedule.RANDOM;

            MachineSpec spec = MachineRuns.spec(4, schedule, seed, Guests.width(guest), RESIDENT_SMCCC);
            Finished run = RUNS.run(spec, Guests.image(guest), input);

            assertThat(run.report().outcome())
                    .as("%s under %s with seed %d printed: %s", guest, schedule, seed, run.console())
                    .isEqualTo(outcome);
            assertThat(run.console())
                    .as("under %s with seed %d", schedule, seed)
                    .contains(printed);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16, 64})
    void everyVcpuGreetsOnceWhateverTheirNumber(int vcpus) throws IOException {
        Finished run = RUNS.run(MachineRuns.spec(vcpus, Schedule.ROUND_ROBIN, 0), Guests.image("smp-hello.elf"), "");

        assertThat(run.console().lines().filter(line -> line.startsWith("hello from vCPU")))
                .as("one greeting from each of %d", vcpus)
                .hasSize(vcpus)
                .doesNotHaveDuplicates();
        assertThat(run.console()).endsWith(vcpus + " greetings, and everybody else is off\n");
    }

    @Test
    void theRaceIsLostUnderSomeSchedules() throws IOException {
        Set<String> outputs = new HashSet<>();
        for (long seed = 1; seed <= 4; seed++) {
            outputs.add(RUNS.run(MachineRuns.spec(4, Schedule.RANDOM, seed), Guests.image("smp-race.elf"), "")
                    .console());
        }
        assertThat(outputs)
                .as("updates are lost; the number depends on the schedule")
                .hasSizeGreaterThan(1);
        assertThat(outputs)
                .as("updates are lost")
                .anySatisfy(output -> assertThat(output).doesNotContain("lost 0\n"));
    }

    @ParameterizedTest
    @CsvSource({
        "fault-undefined.elf, UNDEFINED_INSTRUCTION, 0, fault",
        "fault-read.elf, UNMAPPED_READ, 0x0d000010, fault+0x8",
        "fault-write.elf, UNMAPPED_WRITE, 0x0d000010, fault+0xc",
        "fault-brk.elf, BREAKPOINT, 0, fault",
        "fault-svc.elf, SUPERVISOR_CALL, 0, fault+0x4",
        "fault-fetch.elf, UNMAPPED_FETCH, 0x0d000010, ''",
    })
    void faultsEndTheRunAndSayWhatAndWhere(String guest, Kind kind, long address, String at) throws IOException {
        Finished run = RUNS.run(MachineRuns.spec(1, Schedule.ROUND_ROBIN, 0), Guests.image(guest), "");

        assertThat(run.console()).as("the call before the fault was answered").isEqualTo("now it happens\n");
        assertThat(run.report().outcome()).isInstanceOfSatisfying(RunOutcome.GuestFailed.class, failed -> {
            GuestFault fault = failed.fault();
            assertThat(fault.kind()).isEqualTo(kind);
            assertThat(fault.address()).as("address of the access").isEqualTo(address);
            long pc = failed.registers().pc();
            String expected = at.isEmpty() ? "0xd000010" : " <" + at + ">";
            assertThat(symbols(guest).describe(pc))
                    .as("address of the instruction")
                    .endsWith(expected);
        });
    }

    @Test
    void everybodyWaitingIsADeadlock() throws IOException {
        Finished run = RUNS.run(MachineRuns.spec(3, Schedule.ROUND_ROBIN, 0), Guests.image("wfi-all.elf"), "");

        assertThat(run.report().outcome())
                .isEqualTo(new RunOutcome.Deadlock(
                        List.of(VcpuState.SUSPENDED, VcpuState.SUSPENDED, VcpuState.SUSPENDED)));
    }

    @Test
    void readingEveryRegisterGivesTheSameInTwoRuns() throws IOException {
        MachineSpec spec = MachineRuns.spec(1, Schedule.ROUND_ROBIN, 0);

        Finished one = RUNS.run(spec, Guests.image("sysregs.elf"), "");
        Finished other = RUNS.run(spec, Guests.image("sysregs.elf"), "");

        assertThat(other.console()).as("no register has the host's time").isEqualTo(one.console());
        assertThat(one.console()).contains("midr_el1 00000000411fd070 ");
    }

    private static Symbols symbols(String guest) {
        try {
            return Symbols.of(List.of(Guests.image(guest)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
