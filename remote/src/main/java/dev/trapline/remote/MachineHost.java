package dev.trapline.remote;

import akka.actor.typed.ActorSystem;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.machine.StoragePolicy;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The resources of a process for the machines that drivers start in it.
///
/// @param system the actor system of the machines. It is not the one that is reachable through the network, so no
///     message from there can reach an actor of a machine
/// @param engines runs the guests
/// @param services the services that answer their calls
/// @param recordings the directory for recordings, each under its machine's name; null if nothing is recorded
/// @param storage how recordings are stored
/// @param limits limits for drivers
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

    /// Limits for the drivers of a process.
    ///
    /// @param machines the largest number of machines at the same time
    /// @param ramBytes the largest RAM of one machine, in bytes
    public record Limits(int machines, long ramBytes) {

        /// Four machines of 1 GiB.
        public static final Limits DEFAULT = new Limits(4, 1L << 30);
    }
}
