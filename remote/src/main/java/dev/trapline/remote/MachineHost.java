package dev.trapline.remote;

import akka.actor.typed.ActorSystem;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.machine.StoragePolicy;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a process gives to the machines that drivers start in it.
///
/// @param system in which the machines' actors live. Not the one that others reach through the network: then no message
///     of theirs can reach an actor of a machine
/// @param engines runs their guests
/// @param services that answer their calls
/// @param recordings the one directory in which runs are recorded, each under its machine's name; null if none are
/// @param storage how they are stored
/// @param limits what drivers may take
public record MachineHost(
        ActorSystem<?> system,
        EngineFactory engines,
        List<FirmwareService<?>> services,
        @Nullable Path recordings,
        StoragePolicy storage,
        Limits limits) {

    public MachineHost {
        services = List.copyOf(services);
    }

    /// What drivers may take of a process.
    ///
    /// @param machines that run at the same time
    /// @param ramBytes of one machine
    public record Limits(int machines, long ramBytes) {

        /// Four machines of 1 GiB.
        public static final Limits DEFAULT = new Limits(4, 1L << 30);
    }
}
