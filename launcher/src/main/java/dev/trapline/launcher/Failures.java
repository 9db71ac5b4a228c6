package dev.trapline.launcher;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.registry.RegistryError;
import dev.trapline.abi.registry.RegistryException;
import dev.trapline.config.ConfigException;
import dev.trapline.config.ConfigProblem;
import dev.trapline.journal.DivergenceException;
import dev.trapline.journal.RecordingException;
import dev.trapline.vcpu.MachineSetupException;
import dev.trapline.vcpu.boot.ImageException;
import java.io.PrintWriter;
import java.util.List;

/// Turns what a command threw into its ending: the one place that knows which mistake is whose.
final class Failures {

    private Failures() {}

    /// Prints what went wrong, but for the last line.
    ///
    /// @return how the process ends
    static Ending report(Throwable failure, PrintWriter err) {
        return switch (failure) {
            case CommandException e -> {
                e.details().forEach(err::println);
                yield e.ending();
            }
            case ConfigException e ->
                several(e.problems().stream().map(ConfigProblem::toString).toList(), err);
            case RegistryException e ->
                several(e.errors().stream().map(RegistryError::message).toList(), err);
            case ServiceFailure e -> {
                if (e.getCause() != null) {
                    e.getCause().printStackTrace(err);
                }
                yield new Ending(Ending.BROKEN, "service-failed", message(e));
            }
            case MachineSetupException e -> new Ending(Ending.USAGE, "usage", message(e));
            case ImageException e -> new Ending(Ending.USAGE, "usage", message(e));
            case EngineException e -> new Ending(Ending.USAGE, "no-engine", message(e));
            case RecordingException e -> ofRecording(e);
            case DivergenceException e -> new Ending(Ending.DIVERGED, "diverged", message(e));
            case OutOfMemoryError e ->
                new Ending(Ending.USAGE, "memory", "the host has not enough memory: " + message(e));
            default -> {
                failure.printStackTrace(err);
                yield new Ending(Ending.BROKEN, "broken", "a defect of Trapline: " + failure);
            }
        };
    }

    private static Ending several(List<String> problems, PrintWriter err) {
        if (problems.size() == 1) {
            return new Ending(Ending.USAGE, "usage", problems.get(0));
        }
        problems.forEach(err::println);
        return new Ending(Ending.USAGE, "usage", problems.size() + " errors in the configuration");
    }

    /// How a command ends that a recording let down.
    static Ending ofRecording(RecordingException e) {
        return switch (e.kind()) {
            case EXISTS, NOT_A_RECORDING, NOT_SUPPORTED, NOT_NAMED, IMAGE_MISSING, ENDED, IN_USE ->
                new Ending(Ending.USAGE, "usage", message(e));
            case IMAGE_CHANGED, DAMAGED -> new Ending(Ending.STORAGE, "damaged", message(e));
            case STORAGE, NOT_DURABLE -> new Ending(Ending.STORAGE, "storage-failed", message(e));
        };
    }

    private static String message(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.toString() : message;
    }
}
