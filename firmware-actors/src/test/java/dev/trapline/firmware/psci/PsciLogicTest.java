package dev.trapline.firmware.psci;

import static dev.trapline.firmware.Calls.MEMORY;
import static dev.trapline.firmware.Calls.hvc;
import static dev.trapline.firmware.psci.PsciMachine.context;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PsciLogicTest {

    private static final long ENTRY = 0x4008_0000L;
    private static final long CPU_ON_64 = 0xc400_0003L;
    private static final long CPU_ON_32 = 0x8400_0003L;
    private static final long CPU_OFF = 0x8400_0002L;
    private static final long AFFINITY_INFO_64 = 0xc400_0004L;

    private final PsciService service = new PsciService();
    private PsciState state = service.start(context(20, 16, false));

    private Reply<PsciState> call(int caller, long... x) {
        Reply<PsciState> reply = service.apply(state, hvc(caller, x), MEMORY);
        state = reply.state();
        return reply;
    }

    private long x0(long... x) {
        Reply<PsciState> reply = call(0, x);
        assertThat(reply.registers().mask()).as("PSCI returns only x0").isEqualTo(1);
        return reply.registers().value(0);
    }

    @Test
    void theVersionIsTheNewest() {
        assertThat(x0(0x8400_0000L))
                .as("major in the upper half, minor in the lower")
                .isEqualTo(0x1_0003);
    }

    @Test
    void cpuOnStartsACpuThatIsOffWithItsContext() {
        Reply<PsciState> reply = call(0, CPU_ON_64, 0x102, ENTRY, 0xdead_c0de_dead_c0deL);
        assertThat(reply.registers()).isEqualTo(RegisterWrites.x0(0));
        assertThat(reply.effects())
                .containsExactly(new Effect.PowerOn(new VcpuId(18), ENTRY, 0xdead_c0de_dead_c0deL, 0));
    }

    @Test
    void cpuOnOf32BitsPassesTheLowHalvesOnly() {
        Reply<PsciState> reply =
                call(0, CPU_ON_32, 0xffff_ffff_0000_0001L, 0xffff_ffff_0000_0000L | ENTRY, 0xffff_ffff_0000_0007L);
        assertThat(reply.effects()).containsExactly(new Effect.PowerOn(new VcpuId(1), ENTRY, 7, 0));
    }

    @ParameterizedTest(name = "{3}")
    @CsvSource(
            delimiter = ';',
            value = {
                // target; entry; x0 (DEN0022 5.2.2); why
                "0x0; 0x40080000; -4; the caller itself is on",
                "0x10; 0x40080000; -2; Aff0 counts to 15 only",
                "0x104; 0x40080000; -2; the twenty-first CPU does not exist",
                "0xffffffff; 0x40080000; -2; all ones is nobody",
                "0x80000001; 0x40080000; -2; bit 31 is no affinity field",
                "0x1; 0x40080001; -9; an AArch64 entry point is aligned",
                "0x1; 0x40080002; -9; an AArch64 entry point is aligned",
                "0x1; 0x10; -9; nothing is mapped there",
                "0x1; 0x48000000; -9; the end of RAM is not in RAM",
                "0x1; 0xfffffffffffffffc; -9; nothing is mapped there",
                "0x10; 0x1; -2; the target is checked before the entry point",
                "0x0; 0x1; -9; the entry point is checked before the state"
            })
    void cpuOnRefuses(String target, String entry, long expected, String why) {
        assertThat(x0(CPU_ON_64, Long.decode(target), Long.parseUnsignedLong(entry.substring(2), 16), 0))
                .as(why)
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}, {1}: {3}")
    @CsvSource(
            delimiter = ';',
            value = {
                // caller's state; entry; x0 (DEN0022 5.2.2 and 6.4); why
                "A32; 0x40080000; 0; an A32 entry point is aligned to four bytes",
                "A32; 0x40080001; 0; bit 0 selects T32",
                "T32; 0x40080003; 0; a T32 entry point is aligned to two bytes",
                "T32; 0x40080000; 0; bit 0 clear selects A32, for every caller",
                "A32; 0x40080002; -9; an A32 entry point is aligned to four bytes",
                "T32; 0x47ffffff; 0; the last halfword of RAM holds an instruction",
                "A32; 0x47fffffe; -9; no A32 instruction begins there",
                "A32; 0x48000001; -9; the end of RAM is not in RAM",
                "A32; 0x11; -9; nothing is mapped there"
            })
    void anAarch32CallerStartsACpuInA32OrT32(ExecutionState caller, String entry, long expected, String why) {
        long address = Long.decode(entry);
        Reply<PsciState> reply = service.apply(state, hvc(caller, 0, CPU_ON_32, 1, address, 7), MEMORY);
        assertThat(reply.registers()).as(why).isEqualTo(RegisterWrites.x0(expected));
        if (expected == 0) {
            assertThat(reply.effects())
                    .as("bit 0 is passed to the engine")
                    .containsExactly(new Effect.PowerOn(new VcpuId(1), address, 7, 0));
        }
    }

    @Test
    void ofTwoCallersForOneTargetExactlyOneSucceeds() {
        assertThat(x0(CPU_ON_64, 1, ENTRY, 0)).isZero();
        Reply<PsciState> second = call(2, CPU_ON_64, 1, ENTRY, 0);
        assertThat(second.registers()).as("ALREADY_ON").isEqualTo(RegisterWrites.x0(-4));
        assertThat(second.effects()).isEmpty();
    }

    @Test
    void cpuOffTurnsTheCallerOffSoThatItCanBeTurnedOnAgain() {
        call(0, CPU_ON_64, 1, ENTRY, 0);
        assertThat(call(1, CPU_OFF).effects()).containsExactly(new Effect.PowerOff(new VcpuId(1)));
        assertThat(x0(AFFINITY_INFO_64, 1, 0)).as("OFF").isEqualTo(1);
        assertThat(x0(CPU_ON_64, 1, ENTRY, 0)).isZero();
    }

    @Test
    void theHighestAffinityLevelIsTheSystemInEveryTree() {
        for (int vcpus = 1; vcpus <= 64; vcpus++) {
            for (int clusterSize = 1; clusterSize <= 16; clusterSize++) {
                PsciMachine machine = PsciMachine.of(vcpus, clusterSize);
                assertThat(machine.affinityInfo(0, 0, PowerTree.SYSTEM))
                        .as("%d CPUs in clusters of %d: level 2", vcpus, clusterSize)
                        .isZero();
                assertThat(machine.affinityInfo(0, 0, PowerTree.SYSTEM + 1))
                        .as("%d CPUs in clusters of %d: level 3", vcpus, clusterSize)
                        .isEqualTo(-2);
            }
        }
    }

    @ParameterizedTest(name = "{3}")
    @CsvSource(
            delimiter = ';',
            value = {
                // affinity; level; x0; why
                "0x0; 0; 0; the boot CPU is on",
                "0x1; 0; 1; the others are off",
                "0x103; 0; 1; the last one is off",
                "0x104; 0; -2; there is no such CPU",
                "0x0; 1; 0; one CPU of the first cluster is on",
                "0xe1; 1; 0; fields below the level do not count",
                "0x100; 1; 1; no CPU of the second cluster is on",
                "0x200; 1; -2; there is no third cluster",
                "0x0; 2; 0; the system is on",
                "0x0; 3; -2; the system is the highest level of the tree",
                "0x0; 4; -2; there is no level 4",
                "0x0; 0xffffffff; -2; there is no such level",
                "0x80000000; 0; -2; bit 31 is no affinity field"
            })
    void affinityInfoTellsWhoIsOn(String affinity, String level, long expected, String why) {
        assertThat(x0(AFFINITY_INFO_64, Long.decode(affinity), Long.decode(level)))
                .as(why)
                .isEqualTo(expected);
    }

    @Test
    void systemCallsAreEffects() {
        assertThat(call(0, 0x8400_0008L).effects()).containsExactly(new Effect.SystemOff());
        assertThat(call(0, 0x8400_0009L).effects())
                .containsExactly(new Effect.SystemReset(Effect.SystemReset.Reset.COLD));
    }

    @Test
    void unknownIdentifiersOfTheClaimAreAnsweredAndChangeNothing() {
        PsciState before = state;
        for (long base : new long[] {0x8400_0000L, 0xc400_0000L}) {
            for (long function = 0x16; function <= 0x1f; function++) {
                assertThat(call(0, base + function, 0, ENTRY, 0))
                        .as("0x" + Long.toHexString(base + function))
                        .isEqualTo(Reply.x0(before, -1));
            }
        }
        assertThat(x0(0xc400_0002L)).as("CPU_OFF has no 64-bit identifier").isEqualTo(-1);
    }

    @Test
    void aResetForgetsWhoWasOn() {
        call(0, CPU_ON_64, 1, ENTRY, 0);
        state = service.start(context(20, 16, false));
        assertThat(x0(AFFINITY_INFO_64, 1, 0)).isEqualTo(1);
    }
}
