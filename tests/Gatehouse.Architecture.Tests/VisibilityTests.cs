using System.Runtime.CompilerServices;
using Xunit;

namespace Gatehouse.Architecture.Tests;

public sealed class VisibilityTests
{
    /// <summary>Public classes that are neither contracts nor options, each with its reason; add here knowingly.</summary>
    private static readonly Dictionary<string, string> PublicOnPurpose = new()
    {
        ["Gatehouse.Core.Time.SystemEntropy"] = "Hosts and tools pass it in; it has nothing to hide.",
        ["Gatehouse.Core.Records.Embedded.EmbeddedRecordStore"] = "The contract suite and the tools open it directly.",
        ["Gatehouse.Core.Queues.Embedded.EmbeddedQueue"] = "The contract suite and the local host open it directly.",
        ["Gatehouse.Registry.Client.BlobContent"] = "What a public call returns; it owns a stream.",
        ["Gatehouse.Registry.Client.RegistryClientFactory"] = "Registry is a library; tools make clients without a container.",
        ["Gatehouse.Registry.Resolving.ImageResolver"] = "Registry is a library; tools resolve without a container.",
        ["Gatehouse.Registry.Layouts.OciLayout"] = "Registry is a library; layouts are read by the emulator and tools.",
        ["Gatehouse.Registry.Layouts.OciLayoutWriter"] = "Registry is a library; layouts are written by the local mode.",
        ["Gatehouse.Evidence.Reports.ReportReader"] = "The HTTP API reads pushed reports with it.",
        ["Gatehouse.Functions.Auth.LocalTokenIssuer"] = "The local mode signs its own tokens.",
    };

    public static TheoryData<string> Projects => Product.Projects;

    public static TheoryData<string> Closed => ["Gatehouse.Registry", "Gatehouse.Evidence", "Gatehouse.Azure", "Gatehouse.Functions"];

    /// <summary>A port's user names the port; only registration knows who implements it.</summary>
    [Theory]
    [MemberData(nameof(Projects))]
    public void Implementation_OfACorePort_IsInternal(string project)
    {
        var exposed = Product.Load(project).GetExportedTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.GetInterfaces().Any(IsCorePort))
            .Select(type => type.FullName!);

        Assert.Empty(exposed.Except(PublicOnPurpose.Keys));
    }

    /// <summary>An adapter shows contracts (interfaces, enums, records, exceptions), options and static entry points; the rest is its own business.</summary>
    [Theory]
    [MemberData(nameof(Closed))]
    public void PublicType_OfAnAdapter_IsAContract(string project)
    {
        var exposed = Product.Load(project).GetExportedTypes()
            .Where(type => type.IsClass && !IsContract(type))
            .Select(type => type.FullName!);

        Assert.Empty(exposed.Except(PublicOnPurpose.Keys));
    }

    private static bool IsCorePort(Type type) => type.IsInterface && type.Namespace?.StartsWith("Gatehouse.Core", StringComparison.Ordinal) == true;

    private static bool IsContract(Type type) =>
        (type.IsAbstract && type.IsSealed)
        || type.IsSubclassOf(typeof(Exception))
        || type.Name.EndsWith("Options", StringComparison.Ordinal)
        || type.Name == "Program"
        || type.GetMethod("<Clone>$") is not null
        || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);
}
