package dev.trapline.vcpu;

import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.entry;
import static dev.trapline.testkit.FakeEngines.hvc;
import static dev.trapline.testkit.FakeEngines.wfi;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ResetRequest;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.machine.MachineSetupException;
import dev.trapline.machine.Progress;
import dev.trapline.machine.RunReport;
import dev.trapline.testkit.FakeEngines;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class MachineTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final long CPU_ON = 0xc400_0003L;
    private static final long CPU_OFF = 0x8400_0002L;
    private static final long SYSTEM_OFF = 0x8400_0008L;
    private static final long SYSTEM_RESET = 0x8400_0009L;
    private static final long PSCI_VERSION = 0x8400_0000L;
    private static final long SMCCC_VERSION = 0x8000_0000L;
    private static final long EXIT = 0xc600_1000L;
    private static final long SCRIBBLE = 0xc600_2000L;

    private final FakeEngines engines = new FakeEngines();

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private Machine.Builder machine(Specs specs) {
        return Machine.builder(engines, specs.spec())
                .image(new Image(Image.Kind.RAW, "nothing.bin", FakeEngines.ENTRY, Bytes.copyOf(new byte[64])))
                .services(FirmwareServices.onClassPath());
    }

    private RunReport run(Machine.Builder builder) {
        return finished(builder.start(KIT.system()));
    }

    private static RunReport finished(MachineRun run) {
        try {
            return run.done().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("the run did not end", e);
        }
    }

    @Test
    void systemOffEndsTheRun() {
        engines.script(budget(), hvc(SYSTEM_OFF));
        RunReport report = run(machine(Specs.withVcpus(1)));
        assertThat(report.outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(report.progress())
                .as("20 000 instructions, one more, and the cost of a call")
                .isEqualTo(new Progress(20_001 + 100, 2, 1));
        assertThat(report.instructions()).isEqualTo(20_001);
        assertThat(report.lastHypercalls())
                .containsExactly("hypercall#1 vcpu0 HVC PSCI_SYSTEM_OFF() = ? [psci, forwarded] system off");
    }

    @Test
    void exitPassesAllBitsOfTheStatus() {
        engines.script(hvc(EXIT, 0x1_0000_002aL));
        assertThat(run(machine(Specs.withVcpus(1))).outcome()).isEqualTo(new RunOutcome.Exited(0x1_0000_002aL));
    }

    @Test
    void forwardedResidentAndDeniedCallsAllReturnInX0BeforeTheNextSlice() {
        engines.script(hvc(PSCI_VERSION), hvc(SMCCC_VERSION), hvc(0xc500_0022L), hvc(SYSTEM_OFF));
        RunReport report = run(machine(Specs.withVcpus(1)));
        assertThat(engines.log)
                .containsExactly(
                        "open 0x80000000",
                        "cpu0 gets x0=0x0",
                        "cpu0 runs 20000 at 0",
                        "cpu0 gets x0=0x10003",
                        "cpu0 runs 19899 at 101",
                        "cpu0 gets x0=0x10005",
                        "cpu0 runs 19798 at 202",
                        "cpu0 gets x0=0xffffffffffffffff",
                        "cpu0 runs 19697 at 303",
                        "cpu0 closes");
        assertThat(report.lastHypercalls())
                .containsExactly(
                        "hypercall#1 vcpu0 HVC PSCI_VERSION() = 0x10003 [psci, forwarded]",
                        "hypercall#2 vcpu0 HVC SMCCC_VERSION() = 0x10005 [smccc, resident]",
                        "hypercall#3 vcpu0 HVC 0xC5000022(x1=0x0, x2=0x0, x3=0x0) = NOT_SUPPORTED"
                                + " [denied: no service claims it]",
                        "hypercall#4 vcpu0 HVC PSCI_SYSTEM_OFF() = ? [psci, forwarded] system off");
    }

    @Test
    void cpuOnStartsAVcpuThatThenTakesTurns() {
        engines.script(hvc(CPU_ON, 1, entry(1), 0x77), budget(), hvc(SYSTEM_OFF))
                .script(budget(), budget());
        run(machine(Specs.withVcpus(2)));
        assertThat(engines.log)
                .containsExactly(
                        "open 0x80000000",
                        "cpu0 gets x0=0x0",
                        "cpu0 runs 20000 at 0",
                        "open 0x80000001",
                        "cpu1 gets x0=0x77",
                        "cpu0 gets x0=0x0",
                        "cpu0 runs 19899 at 101",
                        "cpu1 runs 19999 at 1",
                        "cpu0 runs 20000 at 20000",
                        "cpu0 closes",
                        "cpu1 closes");
    }

    @Test
    void aVcpuThatIsTurnedOnAgainTradesItsOldEngineForAFreshOne() {
        engines.script(hvc(CPU_ON, 1, entry(1), 1), budget(), hvc(CPU_ON, 1, entry(2), 2), budget(), hvc(SYSTEM_OFF))
                .script(hvc(CPU_OFF))
                .script(budget());
        run(machine(Specs.withVcpus(2)));
        assertThat(engines.log.stream().filter(l -> l.startsWith("open") || l.endsWith("closes")))
                .containsExactly(
                        "open 0x80000000",
                        "open 0x80000001",
                        "open 0x80000001",
                        "cpu1 closes",
                        "cpu0 closes",
                        "cpu1 closes");
        assertThat(engines.log).contains("cpu1 gets x0=0x1", "cpu1 gets x0=0x2");
    }

    @Test
    void whenNobodyCanRunTheRunEndsAsADeadlockThatNamesEachState() {
        engines.script(hvc(CPU_ON, 1, entry(1), 0), wfi()).script(hvc(CPU_OFF));
        assertThat(run(machine(Specs.withVcpus(3))).outcome())
                .isEqualTo(new RunOutcome.Deadlock(List.of(VcpuState.SUSPENDED, VcpuState.OFF, VcpuState.OFF)));
    }

    @Test
    void aWaitingVcpuIsNotGrantedSlicesUntilItIsWoken() {
        engines.script(hvc(CPU_ON, 1, entry(1), 0), budget(), hvc(SCRIBBLE, 0), budget(), hvc(SYSTEM_OFF))
                .script(wfi(), hvc(EXIT, 5));
        RunReport report = run(machine(Specs.withVcpus(2)).service(new Scribbling(new Effect.Wake(new VcpuId(1)))));
        assertThat(report.outcome())
                .as("the woken vCPU continues after its WFI")
                .isEqualTo(new RunOutcome.Exited(5));
    }

    @Test
    void aFaultEndsTheRunWithItsPlace() {
        GuestFault fault = new GuestFault(GuestFault.Kind.UNMAPPED_READ, 0x1234, 0);
        engines.script(registers -> {
            registers[GeneralRegisters.PC] = 0x4000_0010L;
            return fault;
        });
        assertThat(run(machine(Specs.withVcpus(1))).outcome())
                .isInstanceOfSatisfying(RunOutcome.GuestFailed.class, failed -> {
                    assertThat(failed.vcpu()).isEqualTo(VcpuId.BOOT);
                    assertThat(failed.fault()).isEqualTo(fault);
                    assertThat(failed.registers().pc()).isEqualTo(0x4000_0010L);
                });
    }

    @Test
    void theInstructionLimitIsExact() {
        engines.script();
        RunReport report = run(machine(Specs.withVcpus(1).limit(50_001)));
        assertThat(report.outcome()).isEqualTo(new RunOutcome.LimitReached(RunOutcome.Limit.INSTRUCTIONS));
        assertThat(report.instructions()).isEqualTo(50_001);
        assertThat(engines.log).contains("cpu0 runs 10001 at 40000");
    }

    @Test
    void anEndlessGuestIsStoppedFromOutside() {
        engines.script();
        for (JournalRecord.Stop.Reason reason : JournalRecord.Stop.Reason.values()) {
            MachineRun run = machine(Specs.withVcpus(1)).start(KIT.system());
            run.stop(reason);
            assertThat(finished(run).outcome())
                    .isEqualTo(
                            switch (reason) {
                                case INTERRUPTED -> new RunOutcome.Interrupted();
                                case TIMEOUT -> new RunOutcome.LimitReached(RunOutcome.Limit.TIMEOUT);
                                case SCRIPT -> new RunOutcome.LimitReached(RunOutcome.Limit.SCRIPT);
                            });
        }
    }

    @Test
    void aResetStartsAgainWithFreshEnginesWhileTimeContinues() {
        boolean[] second = {false};
        engines.script(registers -> {
            if (second[0]) {
                return hvc(EXIT, 3).apply(registers);
            }
            second[0] = true;
            return hvc(SYSTEM_RESET).apply(registers);
        });
        RunReport report = run(machine(Specs.withVcpus(1)));
        assertThat(report.outcome()).isEqualTo(new RunOutcome.Exited(3));
        assertThat(engines.log)
                .containsExactly(
                        "open 0x80000000",
                        "cpu0 gets x0=0x0",
                        "cpu0 runs 20000 at 0",
                        "cpu0 closes",
                        "open 0x80000000",
                        "cpu0 gets x0=0x0",
                        "cpu0 runs 19899 at 101",
                        "cpu0 closes");
    }

    @Test
    void withoutRebootAResetEndsTheRun() {
        engines.script(hvc(SYSTEM_RESET));
        assertThat(run(machine(Specs.withVcpus(1).withoutReboot())).outcome())
                .isEqualTo(new RunOutcome.ResetRequested(Effect.SystemReset.Reset.COLD, new ResetRequest.Plain()));
    }

    @Test
    void whatAServiceWritesToMemoryReachesEveryEngine() {
        Bytes code = Bytes.copyOf(new byte[] {1, 2, 3, 4});
        engines.script(hvc(CPU_ON, 1, entry(1), 0), budget(), hvc(SCRIBBLE), budget(), hvc(SYSTEM_OFF))
                .script();
        run(machine(Specs.withVcpus(2)).service(new Scribbling(new Effect.WriteMemory(0x4000_1000L, code))));
        assertThat(engines.log).contains("cpu0 drops 0x40001000+4", "cpu1 drops 0x40001000+4");
    }

    @Test
    void aServiceThatWritesOutsideMemoryEndsItsMachine() {
        engines.script(hvc(SCRIBBLE));
        RunReport report = run(machine(Specs.withVcpus(1))
                .service(new Scribbling(new Effect.WriteMemory(0x5000_0000L, Bytes.copyOf(new byte[4])))));
        assertThat(report.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.ServiceFailed.class,
                        failed -> assertThat(failed.message())
                                .contains("scribbling", "0x50000000", "not wholly in memory"));
    }

    @Test
    void aServiceThatThrowsEndsItsMachineWithItsLastEvents() {
        engines.script(budget(), hvc(SCRIBBLE, 9));
        RunReport report = run(machine(Specs.withVcpus(1)).service(new Scribbling()));
        assertThat(report.outcome()).isInstanceOfSatisfying(RunOutcome.ServiceFailed.class, failed -> {
            assertThat(failed.message()).contains("'scribbling'", "0xC6002000");
            assertThat(Objects.requireNonNull(report.breakage(), "what broke").lastEvents())
                    .last()
                    .asString()
                    .as("the call that failed is among the last events")
                    .contains("vcpu0", "HVC 0xC6002000(x1=0x9");
        });
    }

    @Test
    void aFailingEngineEndsItsMachineAndNoOther() {
        engines.script(_ -> {
            throw new IllegalStateException("the library gave up");
        });
        assertThat(run(machine(Specs.withVcpus(2))).outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.Broken.class,
                        broken -> assertThat(broken.message()).contains("the library gave up"));
    }

    @Test
    void maintenanceReachesEveryEngineBeforeAnyRunsAgain() {
        engines.script(hvc(CPU_ON, 1, entry(1), 0), budget(), _ -> new Exit.Maintenance(7, 0), hvc(SYSTEM_OFF))
                .script();
        run(machine(Specs.withVcpus(2)));
        int at = engines.log.indexOf("cpu0 maintains 7");
        assertThat(at).isPositive();
        assertThat(engines.log.get(at + 1)).isEqualTo("cpu1 maintains 7");
    }

    @Test
    void twoMachinesOfOneSystemDoNotDisturbEachOther() {
        engines.script(hvc(EXIT, 1));
        FakeEngines others = new FakeEngines().script(hvc(EXIT, 2));
        MachineRun first = machine(Specs.withVcpus(1)).start(KIT.system());
        MachineRun second = Machine.builder(others, Specs.withVcpus(1).spec())
                .image(new Image(Image.Kind.RAW, "nothing.bin", FakeEngines.ENTRY, Bytes.copyOf(new byte[64])))
                .services(FirmwareServices.onClassPath())
                .start(KIT.system());
        assertThat(finished(first).outcome()).isEqualTo(new RunOutcome.Exited(1));
        assertThat(finished(second).outcome()).isEqualTo(new RunOutcome.Exited(2));
    }

    @Test
    void aSettingThatNoServiceHasIsRefusedByName() {
        var spec = Specs.withVcpus(1).spec();
        var wrong = spec.with(spec.firmware().withSetting("psci.colour", "red"));
        assertThatThrownBy(() -> Machine.builder(engines, wrong)
                        .image(new Image(Image.Kind.RAW, "nothing.bin", FakeEngines.ENTRY, Bytes.copyOf(new byte[64])))
                        .services(FirmwareServices.onClassPath())
                        .start(KIT.system()))
                .isInstanceOf(MachineSetupException.class)
                .hasMessageContaining("'psci.colour'");
    }

    /// Answers its call with the given effects; throws if there are none.
    private record Scribbling(List<Effect> effects) implements FirmwareService<Integer> {

        Scribbling(Effect... effects) {
            this(List.of(effects));
        }

        @Override
        public ServiceDescriptor descriptor() {
            return new ServiceDescriptor(
                    "scribbling", "1", List.of(Claim.of(new FunctionId((int) SCRIBBLE))), List.of(), List.of());
        }

        @Override
        public Integer start(ServiceContext context) {
            return 0;
        }

        @Override
        public Reply<Integer> apply(Integer state, ServiceCall call, GuestMemory memory) {
            if (effects.isEmpty()) {
                throw new IllegalStateException("nothing to do");
            }
            return new Reply<>(state, RegisterWrites.x0(0), effects);
        }
    }
}
