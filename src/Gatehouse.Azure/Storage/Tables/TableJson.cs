using System.Text.Json.Serialization;

namespace Gatehouse.Azure.Storage.Tables;

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class TableJson : JsonSerializerContext;
