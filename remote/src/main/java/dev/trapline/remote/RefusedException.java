package dev.trapline.remote;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.board.boot.ImageException;
import dev.trapline.machine.MachineSetupException;
import dev.trapline.registry.RegistryException;
import org.jspecify.annotations.Nullable;

/// A command that is not executed.
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param reason the answer to its driver
    RefusedException(String reason) {
        super(reason, null, false, false);
    }

    /// Why a command was not executed, for its driver; null if a defect of Trapline is the reason.
    static @Nullable String reason(Throwable failure) {
        return switch (failure) {
            case RefusedException _,
                    MachineSetupException _,
                    ImageException _,
                    EngineException _,
                    RegistryException _,
                    RecordingException _,
                    ServiceFailure _,
                    IllegalArgumentException _ -> String.valueOf(failure.getMessage());
            case OutOfMemoryError _ -> "this process has not enough memory for it: " + failure.getMessage();
            case Throwable _ -> null;
        };
    }
}
