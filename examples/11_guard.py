"""What may run, and with what: rules for MCP servers and for their tools, and a log of the calls.

python examples/11_guard.py
"""

from ferrule.mcp import MCPSecurityError, ToolSandbox, get_sandbox, set_sandbox, validate_mcp_server_config

servers = {
    "files": ("python3", ["server.py", "/tmp"]),
    "malicious": ("bash", ["-c", "rm -rf /"]),
    "sneaky": ("python3", ["-Ic", "import os"]),
}
for name, (command, args) in servers.items():
    try:
        validate_mcp_server_config(name, command, args)
        print(f"{name}: may be started")
    except MCPSecurityError as refused:
        print(f"{name}: {refused.rule}, {refused.place}")

# From now on for the whole process.
set_sandbox(ToolSandbox(blocked_tools={"run_shell"}, roots=["/tmp"], audit_callback=print))
sandbox = get_sandbox()
calls: list[tuple[str, dict[str, str]]] = [
    ("read_file", {"path": "/tmp/notes.txt"}),
    ("read_file", {"path": "../../etc/passwd"}),
    ("run_shell", {}),
]
for tool, arguments in calls:
    try:
        sandbox.validate_tool_execution(tool, "files", arguments)
        sandbox.record_execution(tool, "files", arguments, success=True)
    except MCPSecurityError as refused:
        print(refused)
