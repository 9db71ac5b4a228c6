package dev.trapline.abi.machine;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.Mpidr;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.firmware.MachineTopology;
import dev.trapline.abi.policy.Policy;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// Everything that decides how a machine runs, but for its images and its inputs: part of a recording's header.
///
/// @param vcpus 1 to 64
/// @param clusterSize vCPUs in a cluster, 1 to 16: the affinity fields of MPIDR follow from it
/// @param cpuModel the CPU they are
/// @param width the register width of all of them
/// @param ramBytes size of RAM at [#RAM_BASE]; whole pages, 1 MiB to 64 GiB, to [#AARCH32_RAM] if the machine is
///     AArch32
/// @param schedule who runs next, and for how long
/// @param seed of the schedule's generator
/// @param sliceBudget the quantum: how long a round is, in ticks, and so the most instructions of a slice; 1 to
///     [#MAX_SLICE]
/// @param exitCosts what exits cost in virtual time
/// @param maxInstructions executed instructions after which the run ends; 0 is no limit
/// @param rebootOnReset whether SYSTEM_RESET restarts the machine; otherwise it ends the run
/// @param deviceTree whether a device tree is generated at the start of RAM and handed over: in x0, or in r2 on AArch32
/// @param inputInterval least virtual time between two bytes of scripted console input, in ticks
/// @param ramDigestInterval virtual time between two digests of all memory, in ticks
/// @param policy what becomes of the guest's calls
/// @param serviceSettings by service name and key, as in `psci.version`; defaults filled in
public record MachineSpec(
        int vcpus,
        int clusterSize,
        CpuModel cpuModel,
        Width width,
        long ramBytes,
        Schedule schedule,
        long seed,
        long sliceBudget,
        ExitCosts exitCosts,
        long maxInstructions,
        boolean rebootOnReset,
        boolean deviceTree,
        long inputInterval,
        long ramDigestInterval,
        Policy policy,
        SortedMap<String, String> serviceSettings) {

    /// Where RAM begins: as on QEMU's `virt` board.
    public static final long RAM_BASE = 0x4000_0000L;

    /// The most RAM that 32-bit physical addresses reach, in bytes.
    public static final long AARCH32_RAM = (1L << 32) - RAM_BASE;

    /// Where the flash begins, and how large it is.
    public static final long FLASH_BASE = 0;

    public static final long FLASH_SIZE = 0x0800_0000L;

    /// Where the PL011 is.
    public static final long UART_BASE = 0x0900_0000L;

    /// Frequency of virtual time and of every counter, in Hz.
    public static final long TICKS_PER_SECOND = 62_500_000;

    /// How long one tick of virtual time is, in nanoseconds: a whole number.
    public static final long NANOS_PER_TICK = 1_000_000_000L / TICKS_PER_SECOND;

    /// The largest slice: beyond it a stop would be noticed late.
    public static final long MAX_SLICE = 10_000_000;

    public MachineSpec {
        check(vcpus >= 1 && vcpus <= VcpuId.MAX_COUNT, "vcpus", "1 to " + VcpuId.MAX_COUNT, vcpus);
        check(
                clusterSize >= 1 && clusterSize <= Mpidr.MAX_CLUSTER,
                "clusterSize",
                "1 to " + Mpidr.MAX_CLUSTER,
                clusterSize);
        check(
                ramBytes >= 1 << 20 && ramBytes <= 1L << 36 && ramBytes % MemoryMap.PAGE == 0,
                "ramBytes",
                "whole pages of 4 KiB from 1 MiB to 64 GiB",
                ramBytes);
        check(
                width == Width.AARCH64 || ramBytes <= AARCH32_RAM,
                "ramBytes",
                "at most 3 GiB on an AArch32 machine",
                ramBytes);
        check(sliceBudget >= 1 && sliceBudget <= MAX_SLICE, "sliceBudget", "1 to " + MAX_SLICE, sliceBudget);
        check(maxInstructions >= 0, "maxInstructions", "0 (no limit) or more", maxInstructions);
        check(inputInterval >= 0, "inputInterval", "0 or more", inputInterval);
        check(ramDigestInterval >= 1, "ramDigestInterval", "1 or more", ramDigestInterval);
        check(sliceBudget <= Engine.MAX_BUDGET, "sliceBudget", "what an engine takes", sliceBudget);
        serviceSettings = Collections.unmodifiableSortedMap(new TreeMap<>(serviceSettings));
    }

    private static void check(boolean holds, String what, String takes, long got) {
        if (!holds) {
            throw new IllegalArgumentException(what + " takes " + takes + ", not " + got);
        }
    }

    /// Its CPUs as firmware knows them.
    public MachineTopology topology() {
        return new MachineTopology(vcpus, clusterSize);
    }

    /// This machine under another policy.
    public MachineSpec withPolicy(Policy other) {
        return with(other, serviceSettings);
    }

    /// This machine under another policy and with other settings of its services.
    public MachineSpec with(Policy otherPolicy, SortedMap<String, String> otherSettings) {
        return new MachineSpec(
                vcpus,
                clusterSize,
                cpuModel,
                width,
                ramBytes,
                schedule,
                seed,
                sliceBudget,
                exitCosts,
                maxInstructions,
                rebootOnReset,
                deviceTree,
                inputInterval,
                ramDigestInterval,
                otherPolicy,
                otherSettings);
    }
}
