package dev.trapline.config;

import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.StoragePolicy;
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
    /// @param deviceTree the device tree to hand over; null for the machine's own, or none
    /// @param record directory to record into
    /// @param database where a recording's events are kept; null for the recording's own directory
    /// @param storage how the recording is stored
    /// @param timeout limit on host time; zero is none
    /// @param input file that is typed at the console; null for standard input
    /// @param result file that says how the run ended
    /// @param entropy where the guest's entropy comes from
    /// @param injections planned interrupts, then planned events, each in their order
    /// @param plugins JAR files with services
    /// @param library the engine's library; null to look for one
    /// @param shortcuts which of the engine's shortcuts may be used, as the engine takes it
    public record Run(
            @Nullable GuestImage image,
            @Nullable Path flash,
            @Nullable Path deviceTree,
            @Nullable Path record,
            @Nullable PostgreSql database,
            StoragePolicy storage,
            Duration timeout,
            @Nullable Path input,
            @Nullable Path result,
            Entropy entropy,
            List<PlannedInjection> injections,
            List<Path> plugins,
            @Nullable Path library,
            String shortcuts) {
        public Run {
            injections = List.copyOf(injections);
            plugins = List.copyOf(plugins);
        }
    }

    /// A database for recordings. What is empty is left to the environment.
    ///
    /// @param url of JDBC
    /// @param passwordFile file that holds the password; null for none
    /// @param createSchema whether the tables are made if they are not there
    public record PostgreSql(
            String url,
            String user,
            String password,
            @Nullable Path passwordFile,
            boolean createSchema) {

        @Override
        public String toString() {
            // The password may be in the URL too, and must not get into logs.
            return "PostgreSql[" + user + "]";
        }
    }

    /// Where a guest's entropy comes from.
    public enum Entropy {
        /// A generator that starts from the machine's seed.
        SEED("seed"),
        /// The operating system.
        HOST("host");

        private final String id;

        Entropy(String id) {
            this.id = id;
        }

        /// The name in configuration.
        public String id() {
            return id;
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
