"""What may run, and with what: rules for MCP servers and for their tools, and a log of the calls.

python examples/11_guard.py
"""

from ferrule.mcp import (
    MCPSecurityError,
    ToolExecutionAudit,
    ToolSandbox,
    get_sandbox,
    set_sandbox,
    validate_mcp_server_config,
)

servers = {
    "files": {"command": "python3", "args": ["server.py", "/tmp"]},
    "malicious": {"command": "bash", "args": ["-c", "rm -rf /"]},
    "sneaky": {"command": "python3", "args": ["-Ic", "import os"]},
}
for name, server in servers.items():
    try:
        validate_mcp_server_config(name, command=str(server["command"]), args=list(server["args"]))
        print(f"{name}: may be started")
    except MCPSecurityError as refused:
        print(f"{name}: {refused.rule}, {refused.place}")


def told(audit: ToolExecutionAudit) -> None:
    print(f"audit: {audit.tool_name} {audit.arguments}")


# From now on for the whole process.
set_sandbox(ToolSandbox(blocked_tools={"run_shell"}, roots=["/tmp"], audit_callback=told))
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
