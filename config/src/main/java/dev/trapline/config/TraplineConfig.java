package dev.trapline.config;

import dev.trapline.abi.machine.MachineSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A whole configuration, validated.
///
/// @param machine what decides how the machine runs
/// @param run the files and limits around it
public record TraplineConfig(MachineSpec machine, Run run) {

    /// What surrounds one run: no part of the machine.
    ///
    /// @param image the guest; null if it starts from flash or if nothing was given
    /// @param flash content of the flash
    /// @param record directory to record into
    /// @param timeout limit on host time; zero is none
    /// @param input file that is typed at the console; null for standard input
    /// @param result file that says how the run ended
    /// @param plugins JAR files with services
    /// @param library the engine's library; null to look for one
    public record Run(
            @Nullable GuestImage image,
            @Nullable Path flash,
            @Nullable Path record,
            Duration timeout,
            @Nullable Path input,
            @Nullable Path result,
            List<Path> plugins,
            @Nullable Path library) {
        public Run {
            plugins = List.copyOf(plugins);
        }
    }

    /// The file of a guest. A closed set.
    public sealed interface GuestImage {
        /// Where the file is.
        Path file();
    }

    /// An executable that says itself where it goes.
    public record ElfImage(Path file) implements GuestImage {}

    /// Bytes as they are.
    ///
    /// @param address where they go and start, a guest physical address
    public record RawImage(Path file, long address) implements GuestImage {}
}
