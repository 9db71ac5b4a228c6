package dev.trapline.vcpu;

import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.hvc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.Effect;
import akka.actor.testkit.typed.javadsl.BehaviorTestKit;
import akka.actor.testkit.typed.javadsl.TestInbox;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.Image;
import dev.trapline.firmware.FirmwareActor;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.machine.Console;
import dev.trapline.machine.Controls;
import dev.trapline.machine.MachineAssembly;
import dev.trapline.machine.MachineParts;
import dev.trapline.machine.Renewals;
import dev.trapline.machine.SliceEnd;
import dev.trapline.machine.VcpuCommand;
import dev.trapline.machine.choice.ConsoleInput;
import dev.trapline.machine.choice.OperatorChoices;
import dev.trapline.machine.choice.Requests;
import dev.trapline.machine.firmware.ServiceHost;
import dev.trapline.testkit.FakeEngines;
import dev.trapline.testkit.KeptHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The messages between the actors of a machine, tested for one actor at a time and without threads.
class ActorProtocolTest {

    private static final long CPU_ON = 0xc400_0003L;
    private static final long PSCI_VERSION = 0x8400_0000L;
    private static final VcpuId VCPU = new VcpuId(0);

    private final FakeEngines engines = new FakeEngines();
    private final KeptHistory history = new KeptHistory();
    private final List<MachineParts> made = new ArrayList<>();

    @AfterEach
    void close() {
        made.forEach(MachineParts::close);
    }

    private MachineParts parts() {
        var spec = Specs.withVcpus(2).spec();
        made.add(new MachineAssembly(
                        engines,
                        spec,
                        List.of(new Image(
                                Image.Kind.RAW, "nothing.bin", FakeEngines.ENTRY, Bytes.copyOf(new byte[64]))),
                        FirmwareServices.onClassPath(),
                        null)
                .assemble(
                        OperatorChoices.planned(spec, Bytes.EMPTY, List.of()),
                        new Console((_, _) -> {}),
                        history,
                        new Controls(),
                        () -> {}));
        return made.getLast();
    }

    /// A desk that logs calls to it. A test sets whether it is quiet.
    private static final class NotedDesk implements VcpuActor.Desk {
        private final List<SliceEnd> settled = new ArrayList<>();
        private final List<SliceEnd> sent = new ArrayList<>();
        private boolean quiet;
        private VcpuCommand.@Nullable Grant next;

        @Override
        public boolean isQuiet() {
            return quiet;
        }

        @Override
        public VcpuCommand.@Nullable Grant settle(SliceEnd ended) {
            settled.add(ended);
            VcpuCommand.Grant granted = next;
            next = null;
            return granted;
        }

        @Override
        public void send(SliceEnd ended) {
            sent.add(ended);
        }
    }

    private static VcpuCommand.Grant grant() {
        return new VcpuCommand.Grant(100, 0, 0, RegisterWrites.NONE, false, Renewals.NONE);
    }

    private BehaviorTestKit<VcpuCommand> vcpu(NotedDesk desk) {
        BehaviorTestKit<VcpuCommand> vcpu = BehaviorTestKit.create(VcpuActor.create(parts().vcpu(VCPU), desk));
        vcpu.run(new VcpuCommand.PowerOn(FakeEngines.ENTRY, RegisterWrites.NONE, DataOrder.LITTLE));
        return vcpu;
    }

    @Test
    void aVcpuSendsItsSliceOnWhileSomethingWaitsOnTheThread() {
        engines.script(hvc(PSCI_VERSION));
        NotedDesk desk = new NotedDesk();
        vcpu(desk).run(grant());
        assertThat(desk.settled).isEmpty();
        assertThat(desk.sent)
                .singleElement()
                .isInstanceOfSatisfying(
                        SliceEnd.Forwarded.class,
                        end -> assertThat(end.decision().service()).isEqualTo("psci"));
    }

    @Test
    void aVcpuRunsOnInPlaceAsLongAsItIsGranted() {
        engines.script(budget(), hvc(PSCI_VERSION), budget());
        NotedDesk desk = new NotedDesk();
        desk.quiet = true;
        desk.next = grant();
        vcpu(desk).run(grant());
        assertThat(desk.sent).isEmpty();
        assertThat(desk.settled)
                .as("the first slice, and the one that was granted when it was settled")
                .hasExactlyElementsOfTypes(SliceEnd.BudgetUsed.class, SliceEnd.Forwarded.class);
    }

    @Test
    void aCallThatIsComputedChangesNothingUntilItIsTaken() {
        engines.script(hvc(CPU_ON, 1, FakeEngines.ENTRY, 0));
        SliceEnd.Forwarded call = call();
        ServiceHost<?> host = host("psci");
        TestInbox<FirmwareActor.Answer> caller = TestInbox.create();
        BehaviorTestKit<FirmwareActor.Command> actor = BehaviorTestKit.create(FirmwareActor.create(host));
        Bytes before = host.keep().bytes();
        actor.run(new FirmwareActor.Call<>(call.call(), caller.getRef(), answer -> answer));
        FirmwareActor.Given<?> first = (FirmwareActor.Given<?>) caller.receiveMessage();
        assertThat(host.keep().bytes()).as("the answer was not accepted").isEqualTo(before);
        actor.run(new FirmwareActor.Call<>(call.call(), caller.getRef(), answer -> answer));
        FirmwareActor.Given<?> second = (FirmwareActor.Given<?>) caller.receiveMessage();
        assertThat(second.reply()).as("the same call from the same state").isEqualTo(first.reply());
        second.commit();
        assertThat(host.keep().bytes()).as("one more vCPU is to be on").isNotEqualTo(before);
    }

    private ServiceHost<?> host(String service) {
        List<ServiceHost<?>> found = new ArrayList<>();
        made().services().forEach((name, host) -> {
            if (name.equals(service)) {
                found.add(host);
            }
        });
        return found.getFirst();
    }

    private MachineParts made() {
        return made.getLast();
    }

    /// The slice of a vCPU that makes a forwarded call.
    private SliceEnd.Forwarded call() {
        NotedDesk desk = new NotedDesk();
        vcpu(desk).run(grant());
        return (SliceEnd.Forwarded) desk.sent.getFirst();
    }

    /// The actors of services in a context that starts nothing. PSCI's actor is lost at any message.
    private static final class Supervised {
        private final List<FirmwareActors> actors = new ArrayList<>();
        private final BehaviorTestKit<MachineActor.Command> kit;

        private Supervised(MachineParts parts) {
            kit = BehaviorTestKit.create(Behaviors.setup(context -> {
                actors.add(new FirmwareActors(context, parts.services()));
                return Behaviors.receiveMessage(_ -> {
                    ActorRef<FirmwareActor.Command> lost = inbox().getRef();
                    context.stop(lost);
                    assertThat(actors().replaced(lost.unsafeUpcast(), false)).isTrue();
                    return Behaviors.same();
                });
            }));
        }

        private FirmwareActors actors() {
            return actors.getFirst();
        }

        private TestInbox<FirmwareActor.Command> inbox() {
            return kit.childInbox("firmware-psci");
        }

        private void lose() {
            kit.run(MachineActor.Resume.INSTANCE);
        }
    }

    @Test
    void aCallIsPutToTheSuccessorOfAnActorThatIsLost() {
        engines.script(hvc(PSCI_VERSION));
        SliceEnd.Forwarded call = call();
        Supervised supervised = new Supervised(made());
        supervised.actors().ask(call);
        assertThat(supervised.inbox().receiveMessage()).isInstanceOf(FirmwareActor.Call.class);
        supervised.lose();
        assertThat(supervised.inbox().receiveMessage())
                .isInstanceOfSatisfying(
                        FirmwareActor.Call.class,
                        again -> assertThat(again.call()).isEqualTo(call.call()));
    }

    @Test
    void aCallIsAnsweredOnce() {
        engines.script(hvc(PSCI_VERSION));
        SliceEnd.Forwarded call = call();
        FirmwareActors actors = new Supervised(made()).actors();
        assertThat(actors.takes(call)).as("no call waits for an answer").isFalse();
        actors.ask(call);
        assertThat(actors.takes(call)).as("the expected answer").isTrue();
        assertThat(actors.takes(call))
                .as("the lost actor's answer, after its successor's")
                .isFalse();
    }

    @Test
    void anActorThatIsLostBetweenCallsIsReplacedAndGetsNone() {
        engines.script(hvc(PSCI_VERSION));
        SliceEnd.Forwarded call = call();
        Supervised supervised = new Supervised(made());
        supervised.actors().ask(call);
        assertThat(supervised.actors().takes(call)).isTrue();
        supervised.inbox().receiveMessage();
        supervised.lose();
        assertThat(supervised.inbox().hasMessages()).isFalse();
    }

    @Test
    void aSecondLossOverOneCallEndsTheMachine() {
        engines.script(hvc(PSCI_VERSION));
        SliceEnd.Forwarded call = call();
        Supervised supervised = new Supervised(made());
        supervised.actors().ask(call);
        supervised.lose();
        assertThatThrownBy(supervised::lose)
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("'psci' was lost twice while it answered one call");
    }

    private static final class Names implements MachineGuardian.Names {
        private final List<String> begun = new ArrayList<>();

        @Override
        public void begun(MachineGuardian.Birth birth) {
            begun.add(birth.name());
        }

        @Override
        public void gone(String name) {
            begun.remove(name);
        }
    }

    @Test
    void theGuardianStartsAMachinesActorUnderItsNameOnItsOwnDispatcher() {
        BehaviorTestKit<MachineGuardian.Command> guardian = BehaviorTestKit.create(MachineGuardian.create(new Names()));
        MachineParts parts = parts();
        RunHandle run = new RunHandle(
                new CompletableFuture<>(),
                parts.controls(),
                new Requests(),
                new ConsoleInput(ConsoleScript.NONE, parts.spec()),
                parts.gate(),
                history,
                _ -> {},
                _ -> {});
        guardian.run(new MachineGuardian.Spawn(
                new MachineGuardian.Birth("box", MachineActor.create(parts, run.report()), "machine-dispatcher", run)));
        assertThat(guardian.expectEffectClass(Effect.Spawned.class).childName()).isEqualTo("box");
        assertThat(guardian.<MachineActor.Command>childInbox("box").receiveMessage())
                .isEqualTo(MachineActor.Begin.INSTANCE);

        TestInbox<MachineGuardian.Running> listing = TestInbox.create();
        guardian.run(new MachineGuardian.ListMachines(listing.getRef()));
        listing.expectMessage(new MachineGuardian.Running(List.of("box")));

        guardian.run(new MachineGuardian.StopMachine("box", JournalRecord.Stop.Reason.INTERRUPTED));
        guardian.run(new MachineGuardian.StopMachine("nobody", JournalRecord.Stop.Reason.INTERRUPTED));
        assertThat(run.report())
                .as("a stop is requested, and takes effect between two slices")
                .isNotDone();
    }
}
