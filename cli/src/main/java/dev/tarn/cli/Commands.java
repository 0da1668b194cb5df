package dev.tarn.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The tree of all commands, put together by hand. */
final class Commands {
    private Commands() {}

    static CommandLine create(TarnCommand root, Console console) {
        CommandLine commands = new CommandLine(root)
                .addSubcommand(new ServeCommand(console))
                .addSubcommand(new DemoCommand(console))
                .addSubcommand(new SqlCommand(console))
                .addSubcommand(tables(console))
                .addSubcommand(namespaces(console))
                .addSubcommand(warehouses(console))
                .addSubcommand(principals(console))
                .addSubcommand(roles(console))
                .addSubcommand(grants(console))
                .addSubcommand(catalogs(console))
                .addSubcommand(new CopyCommand(console))
                .addSubcommand(ingests(console))
                .addSubcommand(contracts(console))
                .addSubcommand(new CompactCommand(console))
                .addSubcommand(new ExpireCommand(console))
                .addSubcommand(new OrphansCommand(console))
                .addSubcommand(new RefsCommand(console))
                .addSubcommand(new RollbackCommand(console))
                .addSubcommand(new ConfigCommand(console))
                .addSubcommand(new VersionCommand(console))
                .addSubcommand(new ExitCodesCommand(console));
        commands.setCaseInsensitiveEnumValuesAllowed(true);
        commands.setAbbreviatedOptionsAllowed(false);
        commands.getCommandSpec().mixinStandardHelpOptions(true).version("tarn " + BuildVersion.TARN);
        commands.getSubcommands().values().forEach(Commands::addHelp);
        commands.addSubcommand(new CommandLine.HelpCommand());
        return commands;
    }

    private static CommandLine tables(Console console) {
        return new CommandLine(new TableCommand())
                .addSubcommand(new TableListCommand(console))
                .addSubcommand(new TableDescribeCommand(console))
                .addSubcommand(new TableSnapshotsCommand(console))
                .addSubcommand(new TableFilesCommand(console))
                .addSubcommand(new TableCreateCommand(console))
                .addSubcommand(new TableDropCommand(console))
                .addSubcommand(new TableDeletedCommand(console))
                .addSubcommand(new TableUndropCommand(console))
                .addSubcommand(new TableProtectCommand(console))
                .addSubcommand(new TableUnprotectCommand(console));
    }

    private static CommandLine contracts(Console console) {
        return new CommandLine(new ContractCommand())
                .addSubcommand(new ContractLintCommand(console))
                .addSubcommand(new ContractTestCommand(console))
                .addSubcommand(new ContractDiffCommand(console))
                .addSubcommand(new ContractInitCommand(console))
                .addSubcommand(new ContractBindCommand(console));
    }

    private static CommandLine warehouses(Console console) {
        return new CommandLine(new WarehouseCommand())
                .addSubcommand(new WarehouseListCommand(console))
                .addSubcommand(new WarehouseCreateCommand(console))
                .addSubcommand(new WarehouseDescribeCommand(console))
                .addSubcommand(new WarehouseAlterCommand(console))
                .addSubcommand(new WarehouseDropCommand(console));
    }

    private static CommandLine namespaces(Console console) {
        return new CommandLine(new NamespaceCommand())
                .addSubcommand(new NamespaceListCommand(console))
                .addSubcommand(new NamespaceCreateCommand(console))
                .addSubcommand(new NamespaceDropCommand(console));
    }

    private static CommandLine principals(Console console) {
        return new CommandLine(new PrincipalCommand())
                .addSubcommand(new PrincipalListCommand(console))
                .addSubcommand(new PrincipalDescribeCommand(console))
                .addSubcommand(new PrincipalCreateCommand(console))
                .addSubcommand(new PrincipalRotateCommand(console))
                .addSubcommand(new PrincipalActivateCommand(console))
                .addSubcommand(new PrincipalDeactivateCommand(console))
                .addSubcommand(new PrincipalAssignCommand(console))
                .addSubcommand(new PrincipalUnassignCommand(console))
                .addSubcommand(new PrincipalDropCommand(console));
    }

    private static CommandLine roles(Console console) {
        return new CommandLine(new RoleCommand())
                .addSubcommand(new RoleListCommand(console))
                .addSubcommand(new RoleCreateCommand(console))
                .addSubcommand(new RoleDropCommand(console));
    }

    private static CommandLine grants(Console console) {
        return new CommandLine(new GrantCommand())
                .addSubcommand(new GrantListCommand(console))
                .addSubcommand(new GrantCreateCommand(console))
                .addSubcommand(new GrantRevokeCommand(console));
    }

    private static CommandLine catalogs(Console console) {
        return new CommandLine(new CatalogCommand())
                .addSubcommand(new CatalogBackupCommand(console))
                .addSubcommand(new CatalogRestoreCommand(console))
                .addSubcommand(new CatalogMigrateCommand(console));
    }

    private static CommandLine ingests(Console console) {
        return new CommandLine(new IngestCommand()).addSubcommand(new IngestKafkaCommand(console));
    }

    private static void addHelp(CommandLine command) {
        command.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this help message and exit.")
                        .build());
        command.getSubcommands().values().forEach(Commands::addHelp);
    }
}
