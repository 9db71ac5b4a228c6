package dev.trapline.firmware.psci;

import static dev.trapline.firmware.psci.PsciMachine.CONTEXT;
import static dev.trapline.firmware.psci.PsciMachine.CORE_DOWN;
import static dev.trapline.firmware.psci.PsciMachine.CORE_STANDBY;
import static dev.trapline.firmware.psci.PsciMachine.CPU_SUSPEND;
import static dev.trapline.firmware.psci.PsciMachine.ENTRY;
import static dev.trapline.firmware.psci.PsciMachine.GONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.Effect.SystemReset.Reset;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ResetRequest;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.firmware.Calls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The effects and results of successful calls.
class PsciEffectsTest {

    private static final VcpuId VCPU0 = new VcpuId(0);
    private static final RegisterWrites SUCCESS = RegisterWrites.x0(0);
    private static final long RESET2 = 0xc400_0012L;
    private static final long OFF2 = 0xc400_0015L;
    private static final long MEM_PROTECT = 0x8400_0013L;
    private static final long CHECK_RANGE = 0xc400_0014L;
    private static final long MIGRATE = 0xc400_0005L;
    private static final long INFO_TYPE = 0x8400_0006L;
    private static final long INFO_UP_CPU = 0xc400_0007L;

    @ParameterizedTest
    @EnumSource(DataOrder.class)
    void aStartAndAResumeHaveTheCallersByteOrder(DataOrder order) {
        for (ExecutionState caller : ExecutionState.values()) {
            if (caller == ExecutionState.A64 && order.isBigNow() != order.isBigOnException()) {
                continue;
            }
            String what = caller + " " + order;
            assertThat(effect(caller, order, 0x8400_0003L, 1, ENTRY, 7))
                    .as("CPU_ON from %s", what)
                    .isEqualTo(new Effect.PowerOn(new VcpuId(1), ENTRY, 7, 0, order));
            assertThat(effect(caller, order, 0x8400_0001L, PsciMachine.CORE_DOWN, ENTRY, 7))
                    .as("CPU_SUSPEND from %s", what)
                    .isEqualTo(new Effect.PowerDown(VCPU0, ENTRY, 7, order));
            assertThat(effect(caller, order, 0x8400_000cL, ENTRY, 7))
                    .as("CPU_DEFAULT_SUSPEND from %s", what)
                    .isEqualTo(new Effect.PowerDown(VCPU0, ENTRY, 7, order));
            assertThat(effect(caller, order, 0x8400_000eL, ENTRY, 7))
                    .as("SYSTEM_SUSPEND from %s", what)
                    .isEqualTo(new Effect.PowerDown(VCPU0, ENTRY, 7, order));
        }
    }

    private static Effect effect(ExecutionState state, DataOrder order, long... x) {
        long[] registers = new long[GeneralRegisters.COUNT];
        System.arraycopy(x, 0, registers, 0, x.length);
        registers[GeneralRegisters.PSTATE] = state.isAarch32() && order.isBigNow() ? 1 << 9 : 0;
        HypercallExit exit = new HypercallExit(
                Conduit.SMC, 0, state, 1, 4, true, order.isBigOnException(), GeneralRegisters.copyOf(registers));
        PsciService service = new PsciService();
        ServiceCall call = new ServiceCall(VCPU0, exit, 0, Calls.EVERYTHING);
        return service.apply(service.start(PsciMachine.context(4, 2, false)), call, Calls.MEMORY)
                .effects()
                .getFirst();
    }

    @Test
    void standbyKeepsRegistersAndLooksAtNoEntryPoint() {
        Reply<PsciState> reply = PsciMachine.of().call(0, CPU_SUSPEND, CORE_STANDBY, 0x13, CONTEXT);
        assertThat(reply.registers()).as("SUCCESS when it continues").isEqualTo(SUCCESS);
        assertThat(reply.effects()).containsExactly(new Effect.Standby(VCPU0));
    }

    @Test
    void powerDownResumesAtItsEntryPoint() {
        Reply<PsciState> reply = PsciMachine.of().call(0, CPU_SUSPEND, CORE_DOWN, ENTRY, -1);
        assertThat(reply.registers())
                .as("SUCCESS if an interrupt is already pending")
                .isEqualTo(SUCCESS);
        assertThat(reply.effects()).containsExactly(new Effect.PowerDown(VCPU0, ENTRY, -1));
    }

    @Test
    void aCallOf32BitsPassesLowHalves() {
        PsciMachine machine = PsciMachine.of();
        assertThat(machine.call(0, 0x8400_0001L, CORE_DOWN, 1L << 32 | ENTRY, -1)
                        .effects())
                .containsExactly(new Effect.PowerDown(VCPU0, ENTRY, 0xffff_ffffL));
    }

    @Test
    void powerStateIs32BitsInBothConventions() {
        assertThat(PsciMachine.of().suspend(0, 0xdead_0000_0000_0000L | CORE_STANDBY))
                .isZero();
    }

    @Test
    void anAarch32CallerResumesInT32() {
        assertThat(PsciMachine.of()
                        .call(ExecutionState.A32, 0, 0x8400_0001L, CORE_DOWN, ENTRY | 1, 7)
                        .effects())
                .as("bit 0 is passed to the engine")
                .containsExactly(new Effect.PowerDown(VCPU0, ENTRY | 1, 7));
    }

    @Test
    void theExtendedFormatHasItsOwnParameters() {
        PsciMachine machine = PsciMachine.of("power-state-format=extended");
        assertThat(machine.call(0, CPU_SUSPEND, 0x1, 0, 0).effects()).containsExactly(new Effect.Standby(VCPU0));
        assertThat(machine.call(0, CPU_SUSPEND, 0x4000_0222L, ENTRY, 7).effects())
                .containsExactly(new Effect.PowerDown(VCPU0, ENTRY, 7));
    }

    @Test
    void cpuDefaultSuspendDoesWhatTheSettingSays() {
        long call = PsciMachine.CPU_DEFAULT_SUSPEND;
        assertThat(PsciMachine.of().call(0, call, ENTRY, 7).effects())
                .containsExactly(new Effect.PowerDown(VCPU0, ENTRY, 7));
        assertThat(PsciMachine.of("default-suspend=core-standby")
                        .call(0, call, 0x13, 7)
                        .effects())
                .as("standby needs no entry point")
                .containsExactly(new Effect.Standby(VCPU0));
    }

    @Test
    void systemSuspendPowersTheLastOneDown() {
        Reply<PsciState> reply = PsciMachine.of().call(0, PsciMachine.SYSTEM_SUSPEND, ENTRY, 7);
        assertThat(reply.effects()).containsExactly(new Effect.PowerDown(VCPU0, ENTRY, 7));
        assertThat(reply.registers()).isEqualTo(SUCCESS);
    }

    @Test
    void version0Dot1SuspendsToo() {
        PsciMachine machine = PsciMachine.of("version=0.1");
        assertThat(machine.call(0, 0x95c1_ba5eL, CORE_DOWN, ENTRY, 1L << 32).effects())
                .as("whole registers")
                .containsExactly(new Effect.PowerDown(VCPU0, ENTRY, 1L << 32));
    }

    @Test
    void cpuOnTellsTheMachineWhenTheCpuIsReady() {
        PsciMachine machine = PsciMachine.of("on-pending=2us").at(1000);
        assertThat(machine.call(0, PsciMachine.CPU_ON, 1, ENTRY, 7).effects())
                .as("2 us are 125 ticks")
                .containsExactly(new Effect.PowerOn(new VcpuId(1), ENTRY, 7, 1125));
        assertThat(machine.at(1124).on(0, 1)).as("ON_PENDING").isEqualTo(-5);
        assertThat(machine.affinityInfo(0, 1, 0)).as("ON_PENDING").isEqualTo(2);
        assertThat(machine.at(1125).on(0, 1)).as("ALREADY_ON").isEqualTo(-4);
        assertThat(machine.affinityInfo(0, 1, 0)).as("ON").isZero();
    }

    @Test
    void ofManyCallersForOneTargetExactlyOneSucceeds() {
        PsciMachine machine = PsciMachine.of(8, 4).run("0 on 1; 0 on 2; 0 on 3; 0 on 4; 0 on 5; 0 on 6");
        assertThat(machine.on(3, 7)).isZero();
        for (int caller : new int[] {0, 1, 2, 4, 5, 6}) {
            assertThat(machine.on(caller, 7)).as("ALREADY_ON").isEqualTo(-4);
        }
    }

    @Test
    void aPendingCpuMayTurnItselfOffAndOnAgain() {
        PsciMachine machine = PsciMachine.of("on-pending=100").run("0 on 1; at 100; 1 off");
        assertThat(machine.affinityInfo(0, 1, 0)).as("OFF").isEqualTo(1);
        machine.run("0 on 1; at 199");
        assertThat(machine.affinityInfo(0, 1, 0)).as("pending again").isEqualTo(2);
    }

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource({"0, WARM, the architecture's", "0x80000001, COLD, a vendor's", "0x800000ff, WARM, a vendor's"})
    void systemReset2ResetsAsItsTypeSays(String type, Reset kind, String why) {
        Reply<PsciState> reply = PsciMachine.of("vendor-resets=0x80000001=cold, 0x800000ff=warm")
                .call(0, RESET2, Long.decode(type), 0x1234);
        assertThat(reply.registers()).as("it does not return").isEqualTo(RegisterWrites.NONE);
        assertThat(reply.effects())
                .as("%s, with the guest's arguments", why)
                .containsExactly(
                        new Effect.SystemReset(kind, new ResetRequest.Typed((int) (long) Long.decode(type), 0x1234)));
    }

    @ParameterizedTest(name = "{0}: cookie {1} is passed on as {2}")
    @CsvSource({
        "0x84000012, 0xfedcba9812345678, 0x12345678",
        "0xc4000012, 0x7edcba9812345678, 0x7edcba9812345678",
        "0xc4000012, 0, 0"
    })
    void theCookieOfSystemReset2HasTheWidthOfTheCall(String function, String given, String passedOn) {
        Reply<PsciState> reply =
                PsciMachine.of().call(0, Long.decode(function), 0, Long.parseUnsignedLong(hex(given), 16));
        assertThat(reply.effects())
                .as("uint32 in SMC32, uint64 in SMC64 (DEN0022 5.12)")
                .containsExactly(new Effect.SystemReset(
                        Reset.WARM, new ResetRequest.Typed(0, Long.parseUnsignedLong(hex(passedOn), 16))));
    }

    private static String hex(String text) {
        return text.startsWith("0x") ? text.substring(2) : text;
    }

    @ParameterizedTest
    @CsvSource({"0", "1"})
    void systemOff2TurnsTheMachineOffToHibernate(long type) {
        assertThat(PsciMachine.of().call(0, OFF2, type, 0).effects())
                .as("HIBERNATE_OFF is 1, and 0 as in the first issue")
                .containsExactly(new Effect.SystemOff(Effect.SystemOff.Off.HIBERNATE));
    }

    @Test
    void memProtectReturnsWhatWasBefore() {
        PsciMachine machine = PsciMachine.of();
        assertThat(machine.x0(0, MEM_PROTECT, 1)).isZero();
        assertThat(machine.x0(0, MEM_PROTECT, 1)).isEqualTo(1);
        assertThat(machine.x0(0, MEM_PROTECT, 0)).isEqualTo(1);
        assertThat(machine.x0(0, MEM_PROTECT, 0)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0x40000000, 1", "0x40000000, 0x8000000", "0x40000000, 0x7ffffff", "0x47ffffff, 1"})
    void rangesInRamCanBeProtected(String base, String length) {
        assertThat(PsciMachine.of().x0(0, CHECK_RANGE, Long.decode(base), Long.decode(length)))
                .isZero();
    }

    @Test
    void aTrustedOsThatMigratedLetsItsOldCpuGo() {
        PsciMachine machine = PsciMachine.of("trusted-os=up-migratable").run("0 on 2");
        assertThat(machine.x0(0, INFO_TYPE)).isZero();
        assertThat(machine.x0(2, INFO_UP_CPU)).as("CPU 0's affinity").isZero();
        assertThat(machine.x0(0, MIGRATE, 0x100)).isZero();
        assertThat(machine.x0(0, INFO_UP_CPU)).as("CPU 2's affinity").isEqualTo(0x100);
        assertThat(machine.x0(2, PsciMachine.CPU_OFF)).as("DENIED").isEqualTo(-3);
        assertThat(machine.x0(0, PsciMachine.CPU_OFF)).isEqualTo(GONE);
    }

    @ParameterizedTest
    @CsvSource({"none, 2", "up-migratable, 0", "up-not-migratable, 1"})
    void migrateInfoTypeTellsTheTrustedOs(String setting, long type) {
        assertThat(PsciMachine.of("trusted-os=" + setting).x0(0, INFO_TYPE)).isEqualTo(type);
    }

    /// Another service may have turned a CPU on or woken it. A CPU that makes calls counts as running.
    @Test
    void aCallerIsAwakeWhateverWasHeardOfIt() {
        PsciMachine machine = PsciMachine.of().run("0 on 2; 2 down");
        assertThat(machine.x0(2, PsciMachine.AFFINITY_INFO, 0, 0)).isZero();
        assertThat(machine.hardware(0, 2, 0)).as("CPU 2 has made a call").isZero();
        assertThat(machine.affinityInfo(3, 3, 0))
                .as("so has CPU 3, which PSCI did not turn on")
                .isZero();
    }

    @Test
    void aWakeUpOfACpuThatDoesNotWaitIsNothing() {
        PsciMachine machine = PsciMachine.of().run("0 on 2; 2 freeze");
        PsciState before = machine.state();
        machine.run("wake 0; wake 1; wake 2");
        assertThat(machine.state()).isEqualTo(before);
    }
}
