package dev.trapline.firmware;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.firmware.Reaction;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.firmware.state.StateCodec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A service together with its state: one for each service of a machine, whether its calls come through an actor or,
/// being resident, directly.
///
/// Not thread-safe: it belongs to its machine, and whoever holds the machine's token may call it.
///
/// @param <S> the service's state
public final class ServiceHost<S> {

    private final FirmwareService<S> service;
    private final ServiceContext context;
    private final GuestMemory memory;
    private S state;
    private @Nullable StateCodec<S> codec;

    /// Starts the service.
    ///
    /// @throws IllegalArgumentException if the service does not understand a setting
    public ServiceHost(FirmwareService<S> service, ServiceContext context, GuestMemory memory) {
        this.service = service;
        this.context = context;
        this.memory = memory;
        this.state = service.start(context);
    }

    /// What the service is.
    public ServiceDescriptor descriptor() {
        return service.descriptor();
    }

    /// Answers one call and keeps the state that comes of it.
    ///
    /// @throws InvariantViolation if the service throws, naming it and the call
    public Reply<S> answer(ServiceCall call) {
        try {
            Reply<S> reply = service.apply(state, call, memory);
            state = reply.state();
            return reply;
        } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
            throw new InvariantViolation(
                    "service '" + descriptor().name() + "' threw " + e + " on call "
                            + call.smccc().functionId() + " of " + call.caller(),
                    e);
        }
    }

    /// Tells the service of an event and keeps the state that comes of it.
    ///
    /// @return what it wants done
    /// @throws InvariantViolation if the service throws, naming it and the event
    public List<Effect> notice(MachineEvent event) {
        try {
            Reaction<S> reaction = service.notice(state, event);
            state = reaction.state();
            return reaction.effects();
        } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
            throw new InvariantViolation("service '" + descriptor().name() + "' threw " + e + " on " + event, e);
        }
    }

    /// The functions that the service describes and does not have on this machine. Asked before its first call.
    public List<FunctionId> absent() {
        return descriptor().functions().stream()
                .map(ServiceDescriptor.Function::id)
                .filter(function -> !service.offers(state, function, memory))
                .toList();
    }

    /// The numbers of the events that can be injected for the service. Asked before its first call.
    public List<Long> events() {
        return service.events(state);
    }

    /// Keeps the state as it is here. A state does not change, so that costs a reference.
    public KeptState keep() {
        return new Kept(state);
    }

    /// A state that was written down, by this service in whatever process.
    ///
    /// @param bytes of [KeptState#bytes], written by the same [#stateShape]
    /// @throws dev.trapline.firmware.state.StateDamagedException if they are something else
    /// @throws dev.trapline.firmware.state.UnsupportedStateException if the service's states cannot be written
    public KeptState kept(Bytes bytes) {
        return new Kept(codec().decode(bytes));
    }

    /// A hash of the types that the service's states are made of.
    ///
    /// @throws dev.trapline.firmware.state.UnsupportedStateException if they cannot be written, saying why
    public String stateShape() {
        return codec().shape();
    }

    // Found out when it is asked for: a run that keeps nothing does not need it.
    private StateCodec<S> codec() {
        StateCodec<S> known = codec;
        if (known == null) {
            known = StateCodec.of(service);
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
            return codec().encode(kept);
        }
    }

    /// Puts the service back to its first state: the machine was reset.
    public void restart() {
        state = service.start(context);
    }
}
