package dev.trapline.machine.firmware;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.firmware.Reaction;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.firmware.ThrownText;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.machine.firmware.state.StateCodec;
import dev.trapline.machine.firmware.state.UnsupportedStateException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A service together with its state: one for each service of a machine, whether its calls come through an actor or,
/// being resident, directly.
///
/// Not thread-safe: it belongs to its machine, and only the holder of the machine's token may call it.
///
/// @param <S> the service's state
public final class ServiceHost<S> {

    private final LoadedService<S> loaded;
    private final FirmwareService<S> service;
    private final String name;
    private final ServiceContext context;
    private final GuestMemory memory;
    private final ServiceGate gate;
    private final boolean smccc;
    private S state;
    private @Nullable StateCodec<S> codec;

    /// Starts the service.
    ///
    /// @param gate of its machine
    /// @throws IllegalArgumentException if the service does not understand a setting
    /// @throws ServiceFailure if it fails
    public ServiceHost(LoadedService<S> loaded, ServiceContext context, GuestMemory memory, ServiceGate gate) {
        this.loaded = loaded;
        this.service = loaded.service();
        this.name = loaded.name();
        this.context = context;
        this.memory = memory;
        this.gate = gate;
        this.smccc = !loaded.descriptor().functions().isEmpty();
        // Without settings there is none that it could refuse.
        this.state = firstState("at its start", !loaded.descriptor().settings().isEmpty());
    }

    /// @param mayRefuse whether it may refuse its settings
    private S firstState(String when, boolean mayRefuse) {
        S first;
        gate.enter(name);
        try {
            first = service.start(context);
        } catch (Throwable e) {
            // The text of the exception is the service's own code, too.
            String refusal = mayRefuse && e instanceof IllegalArgumentException ? ThrownText.message(e) : null;
            throw refusal == null ? ServiceFailure.threw(name, e).failure(when) : new IllegalArgumentException(refusal);
        } finally {
            gate.leave(name);
        }
        return present(first, "returned null for its first state");
    }

    private <T> T present(@Nullable T value, String otherwise) {
        if (value == null) {
            throw new ServiceFailure(name, otherwise, null);
        }
        return value;
    }

    /// The service's descriptor.
    public ServiceDescriptor descriptor() {
        return loaded.descriptor();
    }

    /// The service's name.
    String name() {
        return name;
    }

    /// Answers one call and keeps the new state.
    ///
    /// @throws ServiceFailure as [#compute] does
    public Reply<S> answer(ServiceCall call) {
        Reply<S> reply = compute(call);
        state = reply.state();
        return reply;
    }

    /// The answer to one call, from the state as it is. Nothing is kept: until [#commit] the call can be computed
    /// again, and gives the same.
    ///
    /// @throws ServiceFailure if the service throws, returns nothing or writes a register that it must preserve,
    ///     naming it and the call
    public Reply<S> compute(ServiceCall call) {
        Reply<S> reply;
        gate.enter(name);
        try {
            reply = service.apply(state, call, memory);
        } catch (Throwable e) {
            throw ServiceFailure.threw(name, e).failure(on(call));
        } finally {
            gate.leave(name);
        }
        if (reply == null) {
            throw new ServiceFailure(name, "returned null " + on(call), null);
        }
        if (AnswerCheck.forbidden(call.exit(), smccc, reply.registers()) != 0) {
            throw AnswerCheck.failure(name, call.exit(), call.caller(), smccc, reply.registers());
        }
        return reply;
    }

    /// Keeps the state of an answer that the machine accepts.
    ///
    /// @param reply as [#compute] returned it, for the call that the machine waited for
    public void commit(Reply<S> reply) {
        state = reply.state();
    }

    private static String on(ServiceCall call) {
        int immediate = call.exit().immediate();
        String function = immediate == 0
                ? call.smccc().functionId().toString()
                : call.exit().conduit() + " #0x" + Integer.toHexString(immediate);
        return "on call " + function + " of " + call.caller();
    }

    /// Notifies the service of an event and keeps the new state.
    ///
    /// @return its effects
    /// @throws ServiceFailure if the service throws or returns nothing, naming it and the event
    public List<Effect> notice(MachineEvent event) {
        Reaction<S> reaction;
        gate.enter(name);
        try {
            reaction = service.notice(state, event);
        } catch (Throwable e) {
            throw ServiceFailure.threw(name, e).failure("on " + event);
        } finally {
            gate.leave(name);
        }
        if (reaction == null) {
            throw new ServiceFailure(name, "returned null on " + event, null);
        }
        state = reaction.state();
        return reaction.effects();
    }

    /// The functions that the service describes but does not have on this machine. Called before its first call.
    ///
    /// @throws ServiceFailure if the service throws
    public List<FunctionId> absent() {
        gate.enter(name);
        try {
            return descriptor().functions().stream()
                    .map(ServiceDescriptor.Function::id)
                    .filter(function -> !service.offers(state, function, memory))
                    .toList();
        } catch (Throwable e) {
            throw ServiceFailure.threw(name, e).failure("when asked for its functions");
        } finally {
            gate.leave(name);
        }
    }

    /// The numbers of the events that can be injected for the service. Asked before its first call.
    ///
    /// @throws ServiceFailure if the service throws or returns nothing
    public List<Long> events() {
        List<Long> events;
        gate.enter(name);
        try {
            events = service.events(state);
            events = events == null ? null : List.copyOf(events);
        } catch (Throwable e) {
            throw ServiceFailure.threw(name, e).failure("when asked for its events");
        } finally {
            gate.leave(name);
        }
        return present(events, "returned null when asked for its events");
    }

    /// Keeps the current state. States are immutable, so this costs only a reference.
    public KeptState keep() {
        return new Kept(state);
    }

    /// A state that was written down, by this service in whatever process.
    ///
    /// @param bytes of [KeptState#bytes], written by the same [#stateShape]
    /// @throws StateDamagedException if they are something else
    /// @throws UnsupportedStateException if the service's states cannot be
    ///     written
    public KeptState kept(Bytes bytes) {
        return new Kept(withStates("read", codec -> codec.decode(bytes)));
    }

    /// A hash of the types that the service's states are made of.
    ///
    /// @throws UnsupportedStateException if they cannot be written, saying why
    public String stateShape() {
        return withStates("examined", StateCodec::shape);
    }

    /// A state is made of the service's own classes, whose code may do anything.
    private <T> T withStates(String done, Function<StateCodec<S>, T> work) {
        try {
            return work.apply(codec());
        } catch (UnsupportedStateException | StateDamagedException e) {
            throw e;
        } catch (Throwable e) {
            throw ServiceFailure.threw(name, e).failure("when its state was " + done);
        }
    }

    // Found out when it is asked for: a run that keeps nothing does not need it.
    private StateCodec<S> codec() {
        StateCodec<S> known = codec;
        if (known == null) {
            known = StateCodec.of(service, name);
            codec = known;
        }
        return known;
    }

    private final class Kept implements KeptState {
        private final S kept;

        private Kept(S kept) {
            this.kept = kept;
        }

        @Override
        public void restore() {
            state = kept;
        }

        @Override
        public Bytes bytes() {
            return withStates("written down", codec -> codec.encode(kept));
        }
    }

    /// Resets the service to its first state, because the machine was reset.
    ///
    /// @throws ServiceFailure if it fails
    public void restart() {
        // It took the same settings when the machine was built.
        state = firstState("at its start after a reset", false);
    }
}
