"use client";
import React from "react";
import { StockState, type StockLine } from "@market/ui";

interface Props {
  line: StockLine;
  onWatch(sku: string): void;
}

export class StockSign extends React.Component<Props, { watched: boolean }> {
  state = { watched: false };

  watch = () => {
    this.setState({ watched: true });
    this.props.onWatch(this.props.line.sku);
  };

  render() {
    const { line } = this.props;
    if (line.state === StockState.Gone) return <button onClick={this.watch}>{this.state.watched ? "Watching" : "Tell me"}</button>;
    return <p>{line.sku} is here</p>;
  }
}
