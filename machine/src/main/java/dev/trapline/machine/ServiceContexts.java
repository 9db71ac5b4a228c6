package dev.trapline.machine;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.TreePart;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.board.Board;
import dev.trapline.board.boot.Shared;
import dev.trapline.board.boot.TreeContent;
import dev.trapline.machine.firmware.LoadedService;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What services are told of their machine, and what they say of its memory before they start.
public final class ServiceContexts {

    private ServiceContexts() {}

    /// What a service is told.
    static ServiceContext of(MachineSpec spec, ServiceDescriptor descriptor) {
        String name = descriptor.name();
        SortedMap<String, String> settings = new TreeMap<>();
        for (ServiceDescriptor.Setting setting : descriptor.settings()) {
            settings.put(
                    setting.key(),
                    spec.firmware().settings().getOrDefault(name + "." + setting.key(), setting.defaultValue()));
        }
        return new ServiceContext(
                spec.cpus().topology(),
                spec.cpus().model(),
                spec.firmware().policy().isResident(name),
                spec.firmware().policy().isOn(name, false),
                settings);
    }

    /// What a machine's device tree tells of its services and its board. The same in whatever order the services
    /// are.
    ///
    /// @throws dev.trapline.abi.firmware.ServiceFailure if a service fails when it is asked
    public static TreeContent treeContent(MachineSpec spec, List<LoadedService<?>> services, Board board) {
        SortedMap<String, TreePart> parts = new TreeMap<>();
        for (LoadedService<?> service : services) {
            parts.put(
                    service.name(),
                    service.deviceTree(new TreePart.Question(
                            of(spec, service.descriptor()),
                            spec.cpus().width(),
                            Conduit.HVC,
                            spec.firmware().policy().isOn(service.name(), true))));
        }
        return new TreeContent(shared(spec, services), List.copyOf(parts.values()), board.nodes(), board.consoleNode());
    }

    /// What services may share with their guest.
    ///
    /// @throws dev.trapline.abi.firmware.ServiceFailure if one fails when it is asked
    private static List<Shared> shared(MachineSpec spec, List<LoadedService<?>> services) {
        AddressRange ram = AddressRange.of(BoardSpec.RAM_BASE, spec.board().ramBytes());
        List<Shared> shared = new ArrayList<>();
        for (LoadedService<?> service : services) {
            service.sharedMemory(of(spec, service.descriptor()), spec.cpus().width(), ram)
                    .ifPresent(memory -> shared.add(new Shared(service.name(), memory)));
        }
        return shared;
    }
}
