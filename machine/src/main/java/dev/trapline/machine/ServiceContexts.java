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

/// The contexts that services get, and their answers about memory and the device tree before they start.
public final class ServiceContexts {

    private ServiceContexts() {}

    /// The context of a service.
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

    /// The parts of the device tree from services and board. Independent of the order of the services.
    ///
    /// @throws dev.trapline.abi.firmware.ServiceFailure if a service fails when it is asked
    public static TreeContent treeContent(MachineSpec spec, List<LoadedService<?>> services, Board board) {
        SortedMap<String, TreePart> parts = new TreeMap<>();
        for (LoadedService<?> service : services) {
            parts.put(
                    service.name(),
                    service.deviceTree(new TreePart.Question(
                            of(spec, service.descriptor()),
                            spec.board().kind(),
                            spec.cpus().width(),
                            Conduit.HVC,
                            spec.firmware().policy().isOn(service.name(), true))));
        }
        return new TreeContent(shared(spec, services), List.copyOf(parts.values()), board.nodes(), board.consoleNode());
    }

    /// The memory that services may share with their guest.
    ///
    /// @throws dev.trapline.abi.firmware.ServiceFailure if a service fails
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
