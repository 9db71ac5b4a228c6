package dev.trapline.firmware;

import static dev.trapline.firmware.Calls.MEMORY;
import static dev.trapline.firmware.Calls.hvc;
import static dev.trapline.firmware.Calls.machineOf;
import static dev.trapline.firmware.Calls.settingsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.BehaviorTestKit;
import akka.actor.testkit.typed.javadsl.TestInbox;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.firmware.exit.ExitService;
import dev.trapline.firmware.smccc.SmcccService;
import dev.trapline.machine.firmware.KeptState;
import dev.trapline.machine.firmware.LoadedService;
import dev.trapline.machine.firmware.ServiceGate;
import dev.trapline.machine.firmware.ServiceHost;
import dev.trapline.registry.CapabilityRegistry;
import java.util.AbstractList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServicesTest {

    @Test
    void theServicesOnTheClassPathAreFoundByNameAndDoNotContradictEachOther() {
        List<ServiceDescriptor> found = FirmwareServices.onClassPath().stream()
                .<ServiceDescriptor>map(FirmwareService::descriptor)
                .toList();
        assertThat(found)
                .extracting(ServiceDescriptor::name)
                .containsExactly(
                        "exit", "ffa", "mailbox", "psci", "ptp", "pv-time", "sdei", "smccc", "trng", "vendor-hyp");
        assertThat(CapabilityRegistry.of(found, Policy.DEFAULT.withResident("smccc"))
                        .entries(Conduit.HVC, ExecutionState.A64))
                .isNotEmpty();
    }

    @Test
    void exitEndsTheRunWithAllBitsOfItsArgument() {
        ExitService service = new ExitService();
        assertThat(service.apply(service.start(machineOf(1)), hvc(0, 0x8600_1000L, -2), MEMORY)
                        .effects())
                .as("32 bits from an SMC32 call")
                .containsExactly(new Effect.ExitRun(0xffff_fffeL));
        assertThat(service.apply(service.start(machineOf(1)), hvc(0, 0xc600_1000L, -2), MEMORY)
                        .effects())
                .containsExactly(new Effect.ExitRun(-2));
    }

    @Test
    void theActorAnswersWithWhatTheServiceSays() {
        BehaviorTestKit<FirmwareActor.Command> actor = actorOf(new SmcccService());
        TestInbox<FirmwareActor.Answer> caller = TestInbox.create();
        actor.run(new FirmwareActor.Call<>(hvc(0, 0x8000_0000L), caller.getRef(), answer -> answer));
        assertThat(caller.receiveMessage())
                .isInstanceOfSatisfying(
                        FirmwareActor.Given.class,
                        given -> assertThat(given.reply().registers()).isEqualTo(RegisterWrites.x0(0x1_0005)));
    }

    @Test
    void thatAServiceThrewIsAnAnswerThatNamesItAndTheCall() {
        BehaviorTestKit<FirmwareActor.Command> actor = actorOf(new Throwing());
        TestInbox<FirmwareActor.Answer> caller = TestInbox.create();
        actor.run(new FirmwareActor.Call<>(hvc(3, 0xc600_0001L), caller.getRef(), answer -> answer));
        assertThat(caller.receiveMessage())
                .isInstanceOfSatisfying(
                        FirmwareActor.Failed.class,
                        failed -> assertThat(failed.failure())
                                .hasMessageContaining("'throwing'")
                                .hasMessageContaining("0xC6000001")
                                .hasMessageContaining("vcpu3")
                                .hasMessageContaining("out of luck"));
    }

    @Test
    void endlessRecursionInAServiceIsCaughtToo() {
        ServiceHost<Long> host =
                new ServiceHost<>(LoadedService.of(new Recursing()), machineOf(1), MEMORY, new ServiceGate());
        assertThatThrownBy(() -> host.answer(hvc(0, 0xc600_0001L)))
                .isInstanceOf(ServiceFailure.class)
                .hasMessageContaining("StackOverflowError");
    }

    /// An exception of a service is its own code, also the one by which it refuses its settings.
    @Test
    void aRefusalIsReadWhileItsServiceRuns() {
        ServiceGate gate = new ServiceGate();
        assertThatThrownBy(() -> new ServiceHost<>(LoadedService.of(new Refusing(gate)), machineOf(1), MEMORY, gate))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("read while 'refusing' is running");
    }

    @Test
    void whatAStateThrowsAsItIsWrittenDownIsItsServicesFailure() {
        ServiceHost<Silent> host =
                new ServiceHost<>(LoadedService.of(new OfSilent()), machineOf(1), MEMORY, new ServiceGate());
        KeptState kept = host.keep();
        assertThatThrownBy(kept::bytes)
                .isInstanceOf(ServiceFailure.class)
                .hasMessage(
                        "service 'silent' threw java.lang.AssertionError: no words when its state was written down");
        assertThatThrownBy(() -> host.kept(Bytes.copyOf(new byte[] {1, 0})))
                .isInstanceOf(StateDamagedException.class)
                .hasMessageContaining("refuses its components: " + Wordless.class.getName());
    }

    private static <S> BehaviorTestKit<FirmwareActor.Command> actorOf(FirmwareService<S> service) {
        return BehaviorTestKit.create(FirmwareActor.create(
                new ServiceHost<>(LoadedService.of(service), settingsOf(service), MEMORY, new ServiceGate())));
    }

    private static ServiceDescriptor named(String name) {
        return new ServiceDescriptor(name, "1", List.of(), List.of(), List.of());
    }

    /// Does not say what it says before it is asked.
    private static final class Refusal extends IllegalArgumentException {

        private static final long serialVersionUID = 1L;

        private final transient ServiceGate gate;

        private Refusal(ServiceGate gate) {
            this.gate = gate;
        }

        @Override
        public String getMessage() {
            return "read while '" + gate.service() + "' is running";
        }
    }

    private static final class Refusing implements FirmwareService<Long> {
        private final ServiceGate gate;

        private Refusing(ServiceGate gate) {
            this.gate = gate;
        }

        @Override
        public ServiceDescriptor descriptor() {
            return new ServiceDescriptor(
                    "refusing", "1", List.of(), List.of(), List.of(new ServiceDescriptor.Setting("key", "1", "help")));
        }

        @Override
        public Long start(ServiceContext context) {
            throw new Refusal(gate);
        }

        @Override
        public Reply<Long> apply(Long state, ServiceCall call, GuestMemory memory) {
            return Reply.of(state);
        }
    }

    /// An exception without words.
    private static final class Wordless extends RuntimeException {

        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no words");
        }
    }

    /// A state that can be made, but neither be read nor be made again.
    record Silent(List<Long> values) {
        Silent {
            if (values.isEmpty()) {
                throw new Wordless();
            }
        }
    }

    private static final class OfSilent implements FirmwareService<Silent> {
        @Override
        public ServiceDescriptor descriptor() {
            return named("silent");
        }

        @Override
        public Silent start(ServiceContext context) {
            return new Silent(new AbstractList<>() {
                @Override
                public Long get(int index) {
                    throw new AssertionError("no words");
                }

                @Override
                public int size() {
                    return 1;
                }
            });
        }

        @Override
        public Reply<Silent> apply(Silent state, ServiceCall call, GuestMemory memory) {
            return Reply.of(state);
        }
    }

    private static final class Throwing implements FirmwareService<String> {
        @Override
        public ServiceDescriptor descriptor() {
            return named("throwing");
        }

        @Override
        public String start(ServiceContext context) {
            return "";
        }

        @Override
        public Reply<String> apply(String state, ServiceCall call, GuestMemory memory) {
            throw new IllegalStateException("out of luck");
        }
    }

    private static final class Recursing implements FirmwareService<Long> {
        @Override
        public ServiceDescriptor descriptor() {
            return named("recursing");
        }

        @Override
        public Long start(ServiceContext context) {
            return 0L;
        }

        @Override
        public Reply<Long> apply(Long state, ServiceCall call, GuestMemory memory) {
            return deeper(state, call, memory);
        }

        private Reply<Long> deeper(Long state, ServiceCall call, GuestMemory memory) {
            Reply<Long> reply = apply(state + 1, call, memory);
            return Reply.x0(reply.state() + 1, 0);
        }
    }
}
