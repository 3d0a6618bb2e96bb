using System.Reflection;
using System.Text.Json.Nodes;
using Gatehouse.Core.Queues;
using Xunit;

namespace Gatehouse.Architecture.Tests.Infrastructure;

/// <summary>What is made under a name is used under the same.</summary>
public sealed class StorageNameTests
{
    private static readonly BicepFile Storage = BicepFile.Of("modules/storage.bicep");

    /// <summary>A queue that is only a name for its poison queue need not be there itself.</summary>
    [Fact]
    public void Queues_AreThoseOfTheCodeAndTheirPoison()
    {
        var queues = Constants(typeof(QueueNames)).ToList();
        var made = Storage.Texts("queues");

        Assert.Subset(queues.Concat(queues.Select(QueueNames.Poison)).ToHashSet(), made.ToHashSet());
        Assert.Subset(made.ToHashSet(), queues.Select(QueueNames.Poison).ToHashSet());
    }

    /// <summary>The app makes a table at first use, so one may be missing here; none may be here that nothing uses.</summary>
    [Fact]
    public void Tables_AreUsedByTheCode()
    {
        var tables = Product.Load("Gatehouse.Core").GetTypes().SelectMany(Constants).ToHashSet();

        Assert.NotEmpty(Storage.Texts("tables"));
        Assert.Subset(tables, Storage.Texts("tables").ToHashSet());
    }

    [Fact]
    public void Containers_AreThoseTheModulesReferTo()
    {
        var text = string.Join('\n', BicepFile.All.Where(file => file.Name != Storage.Name).SelectMany(file => file.Lines).Concat(Storage.Lines.Where(line => line.StartsWith("output ", StringComparison.Ordinal))));

        Assert.All(Storage.Texts("containers"), container => Assert.Contains($"'{container}'", text, StringComparison.Ordinal));
        Assert.Contains("primaryEndpoints.blob}checkpoints'", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Deliveries_GoToAQueueThatIsMade()
    {
        var deliveries = BicepFile.All.SelectMany(file => file.Lines).Select(line => line.Trim()).Where(line => line.StartsWith("name: 'gatehouse-", StringComparison.Ordinal) && line.Contains("events", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(deliveries);
        Assert.All(deliveries, line => Assert.Contains(line.Split('\'')[1], Storage.Texts("queues")));
    }

    /// <summary>A queue trigger needs its connection's queue endpoint and its queue; a timer the blobs its lock is in.</summary>
    [Fact]
    public void Functions_Each_HaveWhatTheirTriggerNeeds()
    {
        var folders = Directory.GetDirectories(Path.Combine(Repository.Root, "src", "Gatehouse.Functions", "functions"));
        Assert.NotEmpty(folders);
        foreach (var binding in folders.SelectMany(folder => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "function.json")))!["bindings"]!.AsArray()))
        {
            var type = binding!["type"]!.GetValue<string>();
            if (type == "queueTrigger")
            {
                Assert.Contains($"{binding["connection"]!.GetValue<string>()}__queueServiceUri", AppSettings.Names);
                Assert.Contains(binding["queueName"]!.GetValue<string>(), Storage.Texts("queues"));
            }
            else if (type == "timerTrigger")
            {
                Assert.Contains("AzureWebJobsStorage__blobServiceUri", AppSettings.Names);
                Assert.DoesNotContain('%', binding["schedule"]!.GetValue<string>());
            }
            else
            {
                Assert.Contains(type, new[] { "httpTrigger", "http", "eventGridTrigger" });
            }
        }
    }

    private static IEnumerable<string> Constants(Type type) => type
        .GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
        .Where(field => field.IsLiteral && field.FieldType == typeof(string))
        .Select(field => (string)field.GetRawConstantValue()!);
}
