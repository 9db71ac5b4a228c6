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

    /// The settings of one run that are not part of the machine.
    ///
    /// @param image the guest; null if it starts from flash, or if none was given
    /// @param flash the file with the flash's content
    /// @param flashVariables the file with the content of the flash bank for variables; null for an erased one
    /// @param deviceTree the device tree to pass; null for the generated one, or none
    /// @param disk the file with a disk's content; null for no disk
    /// @param record the directory to record into
    /// @param database where the recording's events are stored; null for the recording's own directory
    /// @param storage how the recording is stored
    /// @param timeout the limit on host time; zero for none
    /// @param input the file to type at the console; null for standard input
    /// @param expect the file with steps for the console, which type and wait for output; null for none
    /// @param faults the file with a plan of faults; null for none
    /// @param result the file for the outcome
    /// @param entropy the source of the guest's entropy
    /// @param injections planned interrupts, planned events, and presses of the power button, each in their order
    /// @param plugins JAR files with services
    /// @param library the engine's library; null to search for one
    /// @param shortcuts the engine's shortcuts to use, in the engine's text form
    public record Run(
            @Nullable GuestImage image,
            @Nullable Path flash,
            @Nullable Path flashVariables,
            @Nullable Path deviceTree,
            @Nullable Path disk,
            @Nullable Path record,
            @Nullable PostgreSql database,
            StoragePolicy storage,
            Duration timeout,
            @Nullable Path input,
            @Nullable Path expect,
            @Nullable Path faults,
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

    /// A database for recordings. Empty values are left to the environment.
    ///
    /// @param url the JDBC URL
    /// @param passwordFile the file with the password; null for none
    /// @param createSchema whether to create missing tables
    public record PostgreSql(
            String url,
            String user,
            String password,
            @Nullable Path passwordFile,
            boolean createSchema) {

        @Override
        public String toString() {
            // The URL may contain a password as well, and must not appear in logs.
            return "PostgreSql[" + user + "]";
        }
    }

    /// The source of a guest's entropy.
    public enum Entropy {
        /// A generator that starts from the machine's seed.
        SEED("seed"),
        /// The operating system.
        HOST("host");

        private final String id;

        Entropy(String id) {
            this.id = id;
        }

        /// The name in the configuration.
        public String id() {
            return id;
        }
    }

    /// The file of a guest. A closed set.
    public sealed interface GuestImage {
        /// The path of the file.
        Path file();
    }

    /// An executable that contains its load address.
    public record ElfImage(Path file) implements GuestImage {}

    /// A Linux kernel for arm64, in the format `Image`.
    ///
    /// @param initrd its initial RAM disk; null for none
    public record LinuxKernel(Path file, @Nullable Path initrd) implements GuestImage {}

    /// A raw image.
    ///
    /// @param address the guest physical address at which it is loaded and started
    public record RawImage(Path file, long address) implements GuestImage {}
}
