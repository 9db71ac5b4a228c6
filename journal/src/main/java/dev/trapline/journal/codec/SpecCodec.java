package dev.trapline.journal.codec;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.Width;
import dev.trapline.abi.machine.ExitCosts;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Schedule;
import java.util.SortedMap;
import java.util.TreeMap;

/// The machine of a recording's header as bytes.
///
/// ```text
///  varint vcpus, varint clusterSize, u8 cpuModel, u8 width, varint ramBytes, u8 schedule, u64 seed,
///  varint sliceBudget, varint cost of a hypercall, varint of a wait, varint of maintenance,
///  varint maxInstructions, u8 rebootOnReset, u8 deviceTree, varint inputInterval, varint ramDigestInterval
///  policy, as PolicyCodec writes it
///  varint count, settings in ascending order of the key: text key, text value
/// ```
final class SpecCodec {

    private SpecCodec() {}

    static void write(PackedWriter out, MachineSpec spec) {
        out.ensure(RecordLayout.MAX_FIXED_BYTES);
        out.varint(spec.vcpus());
        out.varint(spec.clusterSize());
        Codes.CPU_MODEL.write(out, spec.cpuModel());
        Codes.WIDTH.write(out, spec.width());
        out.varint(spec.ramBytes());
        Codes.SCHEDULE.write(out, spec.schedule());
        out.i64(spec.seed());
        out.varint(spec.sliceBudget());
        out.varint(spec.exitCosts().hypercall());
        out.varint(spec.exitCosts().waitForInterrupt());
        out.varint(spec.exitCosts().maintenance());
        out.varint(spec.maxInstructions());
        out.u8(spec.rebootOnReset() ? 1 : 0);
        out.u8(spec.deviceTree() ? 1 : 0);
        out.varint(spec.inputInterval());
        out.varint(spec.ramDigestInterval());
        PolicyCodec.write(out, spec.policy());
        out.ensure(PackedWriter.MAX_VARINT);
        out.varint(spec.serviceSettings().size());
        spec.serviceSettings().forEach((key, value) -> {
            out.string(key);
            out.string(value);
        });
    }

    /// @throws IllegalArgumentException if there can be no such machine
    static MachineSpec read(PackedReader in) {
        int vcpus = in.count("the number of vCPUs", Integer.MAX_VALUE);
        int clusterSize = in.count("the vCPUs in a cluster", Integer.MAX_VALUE);
        CpuModel cpuModel = Codes.CPU_MODEL.read(in);
        Width width = Codes.WIDTH.read(in);
        long ramBytes = in.varint();
        Schedule schedule = Codes.SCHEDULE.read(in);
        long seed = in.i64();
        long sliceBudget = in.varint();
        ExitCosts exitCosts = new ExitCosts(in.varint(), in.varint(), in.varint());
        long maxInstructions = in.varint();
        boolean rebootOnReset = in.flag();
        boolean deviceTree = in.flag();
        long inputInterval = in.varint();
        long ramDigestInterval = in.varint();
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
                PolicyCodec.read(in),
                readSettings(in));
    }

    private static SortedMap<String, String> readSettings(PackedReader in) {
        SortedMap<String, String> settings = new TreeMap<>();
        for (int left = in.count("the number of settings", in.remaining()); left > 0; left--) {
            settings.put(in.string(), in.string());
        }
        return settings;
    }
}
