package dev.trapline.abi.firmware;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.Width;
import dev.trapline.abi.smccc.FunctionId;
import java.util.List;
import java.util.Optional;

/// A firmware service: a descriptor, and a pure function from its state and a call to an answer.
///
/// Obligations: [#apply] and [#notice] depend only on their arguments (no clock, no random, no static state, no
/// iteration in an order that may differ between runs), never change a state that they were given, and return for every
/// call of the service's claims. Answer a guest's mistakes as the specification says. An exception ends the machine,
/// with everything recorded.
///
/// Checkpoints next to a recording contain the states of services, so that a replay need not begin at the start. You
/// need not write code for that: a state is converted to bytes by its types, if it consists of records, enums, sealed
/// interfaces of these, primitives and their boxes, `String`, `UUID`, [dev.trapline.abi.Bytes], [RegisterWrites],
/// [dev.trapline.abi.exit.GeneralRegisters], `Optional`, `List`, `Set`, `SortedSet`, `Map`, `SortedMap` (sorted in
/// natural order) and arrays of primitives. A service whose state contains other types still works, but its recordings
/// have no such checkpoints, and a message names the component.
///
/// Put the class name into `META-INF/services/dev.trapline.abi.firmware.FirmwareService` to have it found on the class
/// path.
///
/// @param <S> the service's state: immutable, and of the kinds above if recordings are to have checkpoints
public interface FirmwareService<S> {

    /// Its name and version, and the calls that it answers. Always returns the same.
    ServiceDescriptor descriptor();

    /// Its state when the machine starts, and after each reset of the machine.
    ///
    /// @throws IllegalArgumentException if a setting is not understood, naming the key and what it takes
    S start(ServiceContext context);

    /// Answers one call.
    Reply<S> apply(S state, ServiceCall call, GuestMemory memory);

    /// Is notified of events without a call. Does nothing by default.
    default Reaction<S> notice(S state, MachineEvent event) {
        return Reaction.of(state);
    }

    /// Whether the service has a function, with the machine's settings: false for a function that its version
    /// lacks, which it answers NOT_SUPPORTED. FEATURES calls of all services then report it as missing
    /// ([ServiceCall#reaches]).
    ///
    /// @param initial what [#start] returned
    /// @param function one that its descriptor describes
    default boolean offers(S initial, FunctionId function, GuestMemory memory) {
        return true;
    }

    /// The numbers of the events that can be injected for it: always the same on one machine. None by default.
    ///
    /// @param initial what [#start] returned
    default List<Long> events(S initial) {
        return List.of();
    }

    /// RAM that it may share with its guest; none by default. Called before [#start], even if its calls are
    /// switched off, because a policy can change while the machine runs.
    ///
    /// @param ram all RAM of the machine
    /// @return at most one range; none for settings that [#start] refuses
    default Optional<SharedMemory> sharedMemory(ServiceContext context, Width width, AddressRange ram) {
        return Optional.empty();
    }

    /// Its part of the machine's device tree; none by default. Called before [#start].
    default TreePart deviceTree(TreePart.Question question) {
        return TreePart.NONE;
    }
}
