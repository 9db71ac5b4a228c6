package dev.trapline.machine;

import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.hvc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.machine.choice.Choices;
import dev.trapline.testkit.FakeEngines;
import dev.trapline.testkit.FakeEngines.Step;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// One vCPU, without its machine: what each command does to its engine, and what outlives the engine.
class VcpuLogicTest {

    private static final VcpuId CPU0 = new VcpuId(0);
    private static final long HANDLER = FakeEngines.entry(1);
    private static final long RESUMED = FakeEngines.entry(2);

    private final ToyMachine toys = new ToyMachine();
    private final FakeEngines engines = toys.engines;
    private final VcpuLogic vcpu = assembled();

    private VcpuLogic assembled() {
        return toys.assemble(ToyMachine.spec(1), Choices.defaults(), toys.history)
                .vcpu(CPU0);
    }

    @BeforeEach
    void forgetLog() {
        engines.log.clear();
    }

    @AfterEach
    void close() {
        vcpu.close();
        toys.close();
    }

    private static VcpuCommand.PowerOn on(DataOrder order) {
        return new VcpuCommand.PowerOn(FakeEngines.ENTRY, RegisterWrites.x0(7), order);
    }

    private void powerOn() {
        vcpu.apply(on(DataOrder.LITTLE));
    }

    private void deliver(RegisterWrites writes) {
        vcpu.apply(new VcpuCommand.Deliver(writes, HANDLER, 42, 5));
    }

    private static VcpuCommand.Grant grant(long begins, boolean fullDigest) {
        return new VcpuCommand.Grant(100, begins, 0, RegisterWrites.NONE, fullDigest, Renewals.NONE);
    }

    private SliceEnd run() {
        return vcpu.run(grant(0, false));
    }

    private GeneralRegisters registers() {
        return Objects.requireNonNull(vcpu.look(RegisterWrites.NONE), "it has power");
    }

    /// Sets all of x0 to x30, from a value on.
    private static Step fills(long from) {
        return registers -> {
            for (int n = 0; n <= 30; n++) {
                registers[n] = from + n;
            }
            return Exit.BudgetUsed.INSTANCE;
        };
    }

    private void assertImpossible(VcpuCommand.Change change, String message) {
        assertThatThrownBy(() -> vcpu.apply(change))
                .as("%s", change)
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @EnumSource
    void itStartsWithItsContextItsEntryAndItsByteOrder(DataOrder order) {
        engines.script();
        vcpu.apply(on(order));
        assertThat(registers().x(0)).as("context").isEqualTo(7);
        assertThat(registers().pc()).as("entry").isEqualTo(FakeEngines.ENTRY);
        assertThat(engines.log.contains("cpu0 has data order " + order))
                .as("an engine is little-endian when it is opened")
                .isEqualTo(order != DataOrder.LITTLE);
    }

    @Test
    void whatNeedsPowerOrAHandlerIsADefectWithoutIt() {
        engines.script();
        assertThatThrownBy(this::run)
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("vcpu0 is to run or to take an event, and has no power");
        assertImpossible(new VcpuCommand.Deliver(RegisterWrites.NONE, HANDLER, 1, 2), "has no power");
        assertImpossible(VcpuCommand.PowerDown.INSTANCE, "has no power");
        assertImpossible(VcpuCommand.Complete.INSTANCE, "has no power");
        powerOn();
        assertImpossible(on(DataOrder.LITTLE), "vcpu0 is powered on while it has power");
        assertImpossible(VcpuCommand.Complete.INSTANCE, "vcpu0, which runs no handler");
        assertImpossible(new VcpuCommand.CompleteAndResume(RESUMED), "vcpu0, which runs no handler");
    }

    @Test
    void aHandlerFindsItsEventAndLeavesWhatItInterruptedUnchanged() {
        engines.script(fills(100)).script(fills(500));
        powerOn();
        run();
        deliver(RegisterWrites.fromX0(1, 2));
        assertThat(List.of(
                        registers().x(0),
                        registers().x(1),
                        registers().x(2),
                        registers().x(3)))
                .as("event, argument, the interrupted PC and PSTATE (DEN0054 §5.2)")
                .containsExactly(42L, 5L, FakeEngines.ENTRY, 0L);
        assertThat(registers().x(4)).as("all others are as before").isEqualTo(104);
        assertThat(registers().pc()).isEqualTo(HANDLER);
        assertThat(registers().pstate()).isEqualTo(Engine.HANDLER_PSTATE);
        run();
        vcpu.apply(VcpuCommand.Complete.INSTANCE);
        assertInterruptedRegisters();
        assertThat(registers().pc()).isEqualTo(FakeEngines.ENTRY);
        assertThat(registers().pstate()).isZero();
    }

    /// x0 and x1 are the results of the call before the event. A handler keeps x18 to x30 itself (DEN0054 §5.2).
    private void assertInterruptedRegisters() {
        assertThat(registers().x(0)).as("the result of the call").isEqualTo(1);
        assertThat(registers().x(1)).isEqualTo(2);
        for (int n = 2; n <= 17; n++) {
            assertThat(registers().x(n)).as("x%d is as it was interrupted", n).isEqualTo(100 + n);
        }
        for (int n = 18; n <= 30; n++) {
            assertThat(registers().x(n)).as("x%d is the handler's", n).isEqualTo(500 + n);
        }
    }

    @Test
    void aHandlerThatCompletesAndResumesLeavesAsIfTheInterruptedCodeHadTakenAnException() {
        engines.script(fills(100)).script(fills(500)).script();
        powerOn();
        run();
        deliver(RegisterWrites.fromX0(1, 2));
        run();
        engines.log.clear();
        vcpu.apply(new VcpuCommand.CompleteAndResume(RESUMED));
        assertInterruptedRegisters();
        assertThat(registers().pc()).isEqualTo(RESUMED);
        assertThat(engines.log)
                .as("the exception is taken where the event interrupted: ELR_EL1 and SPSR_EL1 show that")
                .containsSubsequence(
                        "cpu0 returns to 0x40000000, PSTATE 0x0", "cpu0 takes At[address=" + RESUMED + "]");
        assertImpossible(VcpuCommand.Complete.INSTANCE, "runs no handler");
    }

    @Test
    void aCallInAHandlerShowsItsServiceWhatTheInnermostEventInterrupted() {
        engines.script(fills(100), hvc(Toy.COUNT)).script(hvc(Toy.COUNT), hvc(Toy.COUNT));
        powerOn();
        run();
        deliver(RegisterWrites.NONE);
        SliceEnd.Forwarded inner = (SliceEnd.Forwarded) run();
        assertThat(Objects.requireNonNull(inner.call().interrupted(), "in a handler")
                        .x(9))
                .isEqualTo(109);
        vcpu.apply(VcpuCommand.Complete.INSTANCE);
        SliceEnd.Forwarded outer = (SliceEnd.Forwarded) run();
        assertThat(outer.call().interrupted()).as("not in a handler").isNull();
    }

    @Test
    void aPowerDownLosesRegistersAndKeepsTimersAndOpenHandlers() {
        engines.script(engines.timer(5_000, fills(100))).script(fills(500), budget());
        powerOn();
        run();
        deliver(RegisterWrites.fromX0(1, 2));
        run();
        vcpu.apply(VcpuCommand.PowerDown.INSTANCE);
        assertThat(vcpu.look(RegisterWrites.NONE)).as("no power, no registers").isNull();
        vcpu.apply(new VcpuCommand.PowerOn(HANDLER, RegisterWrites.x0(9), DataOrder.LITTLE));
        assertThat(registers().x(0)).as("its context").isEqualTo(9);
        assertThat(registers().x(20)).as("all others are lost").isZero();
        assertThat(run().reading().timerDeadline())
                .as("the timer's compare value")
                .isEqualTo(5_000);
        vcpu.apply(VcpuCommand.Complete.INSTANCE);
        assertInterruptedRegisters();
        assertThat(registers().pc()).as("the handler completes").isEqualTo(FakeEngines.ENTRY);
    }

    @Test
    void aPowerOffLosesTimersAndOpenHandlersAlsoOfAPowerDown() {
        engines.script(engines.timer(5_000, budget()), budget()).script();
        for (boolean downBefore : List.of(false, true)) {
            powerOn();
            run();
            deliver(RegisterWrites.NONE);
            if (downBefore) {
                vcpu.apply(VcpuCommand.PowerDown.INSTANCE);
            }
            vcpu.apply(VcpuCommand.PowerOff.INSTANCE);
            vcpu.apply(new VcpuCommand.PowerOn(HANDLER, RegisterWrites.NONE, DataOrder.LITTLE));
            assertThat(run().reading().timerDeadline())
                    .as("CPU_ON starts with timers as after a reset")
                    .isEqualTo(Engine.NO_DEADLINE);
            assertImpossible(VcpuCommand.Complete.INSTANCE, "runs no handler");
            vcpu.apply(VcpuCommand.PowerOff.INSTANCE);
        }
    }

    @Test
    void allRegistersAreDigestedOnlyWhereThatIsDue() {
        engines.script();
        powerOn();
        assertThat(vcpu.run(grant(0, true)).reading().fullDigest()).isEqualTo(FakeEngines.FULL_DIGEST);
        assertThat(vcpu.run(grant(100, false)).reading().fullDigest())
                .as("not due")
                .isZero();
    }

    @Test
    void aCallShowsItsTimeAndAnotherExitOnlyWhatTheGuestRead() {
        engines.script(budget(), hvc(Toy.COUNT));
        powerOn();
        assertThat(vcpu.run(grant(1_000, false)).shown())
                .as("the guest read no counter")
                .isZero();
        SliceEnd call = vcpu.run(grant(1_100, false));
        assertThat(call.shown())
                .as("one instruction after tick 1 100: a service may tell its caller")
                .isEqualTo(1_101);
    }

    @Test
    void changesOfCodeReachAVcpuWithoutPowerWhileItHasAnEngine() {
        engines.script();
        VcpuCommand.Change drop = new VcpuCommand.DropTranslations(0x1000, 8);
        VcpuCommand.Change maintain = new VcpuCommand.Maintain(new Exit.Maintenance(3, 0));
        vcpu.apply(drop);
        vcpu.apply(maintain);
        assertThat(engines.log).as("it never had power: it has no translations").isEmpty();
        powerOn();
        vcpu.apply(VcpuCommand.PowerOff.INSTANCE);
        engines.log.clear();
        vcpu.apply(drop);
        vcpu.apply(maintain);
        assertThat(engines.log).containsExactly("cpu0 drops 0x1000+8", "cpu0 maintains 3");
        engines.log.clear();
        vcpu.apply(VcpuCommand.Renew.INSTANCE);
        vcpu.apply(drop);
        assertThat(engines.log).as("a renewal drops its engine").containsExactly("cpu0 closes");
    }
}
