package dev.trapline.abi.engine;

import dev.trapline.abi.Mpidr;
import dev.trapline.abi.machine.CpuModel;

/// What an engine is opened with.
///
/// @param model the CPU to be; for [Width#AARCH32] the library's own 32-bit model of the same generation
/// @param width the register width of the whole machine
/// @param mpidr the value its MPIDR_EL1 reads
/// @param memory what it finds at which physical address; shared by all engines of the machine
public record EngineSpec(CpuModel model, Width width, Mpidr mpidr, MemoryMap memory) {

    /// Register width of a machine: all of its vCPUs have the same.
    public enum Width {
        AARCH64("aarch64"),
        AARCH32("aarch32");

        private final String id;

        Width(String id) {
            this.id = id;
        }

        /// The name in configuration and on the command line.
        public String id() {
            return id;
        }
    }
}
