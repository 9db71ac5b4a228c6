package dev.trapline.vcpu;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.MessageDispatcher;
import akka.dispatch.MessageDispatcherConfigurator;
import com.typesafe.config.Config;

/// Registers one [MachineDispatcher] by name.
final class MachineDispatcherConfigurator extends MessageDispatcherConfigurator {

    private final MachineDispatcher dispatcher;

    MachineDispatcherConfigurator(String id, Config config, DispatcherPrerequisites prerequisites) {
        super(config, prerequisites);
        dispatcher = MachineDispatcher.of(this, id);
    }

    @Override
    public MessageDispatcher dispatcher() {
        return dispatcher;
    }
}
