package dev.trapline.firmware;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;

/// A service together with its state: what a firmware actor wraps, and what a resident service is without one.
///
/// Not thread-safe: it belongs to one actor.
///
/// @param <S> the service's state
public final class ServiceHost<S> {

    private final FirmwareService<S> service;
    private final ServiceContext context;
    private final GuestMemory memory;
    private S state;

    /// Starts the service.
    ///
    /// @throws IllegalArgumentException if the service does not understand a setting
    public ServiceHost(FirmwareService<S> service, ServiceContext context, GuestMemory memory) {
        this.service = service;
        this.context = context;
        this.memory = memory;
        this.state = service.start(context);
    }

    /// The service's name.
    public String name() {
        return service.descriptor().name();
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
                    "service '" + name() + "' threw " + e + " on call "
                            + call.smccc().functionId() + " of " + call.caller(),
                    e);
        }
    }

    /// Puts the service back to its first state: the machine was reset.
    public void restart() {
        state = service.start(context);
    }
}
